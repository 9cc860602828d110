/** Compresses content by what the client accepts (RFC 9110 §8.4, §12.5.3), and never holds back what a stream has made. */
import { once } from 'node:events'
import { promisify } from 'node:util'
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip, type BrotliCompress, type Gzip } from 'node:zlib'
import Negotiator from 'negotiator'
import type { Middleware } from '../middleware.ts'
import { isSource, type Chunk, type Reply, type Source } from '../reply/reply.ts'
import { wrapSource } from '../reply/source.ts'

export interface CompressionOptions {
  /** Smaller content is sent as it is. Default: 1,024 bytes. */
  readonly thresholdBytes?: number
}

/** RFC 9110 names what gains from it nowhere: text does, and what is text in other clothes. */
const COMPRESSIBLE = /^(?:text\/|application\/(?:javascript|json|jsonl|wasm|x-ndjson|xml|[\w.-]+\+(?:json|xml))|image\/svg\+xml)/

type Coding = 'br' | 'gzip'

/** Its published types do not know the order among equals yet. */
interface PrefersEncodings {
  encodings(available: string[], options: { readonly preferred: readonly string[] }): string[]
}

const CODINGS = ['br', 'gzip', 'identity']

/** Half the time of the highest quality for almost all of its gain. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }

const compressWhole = { br: promisify(brotliCompress), gzip: promisify(gzip) } as const
const FLUSH = { br: constants.BROTLI_OPERATION_FLUSH, gzip: constants.Z_SYNC_FLUSH } as const

/** Middleware: `app.use(compression())`. */
export function compression({ thresholdBytes = 1024 }: CompressionOptions = {}): Middleware {
  return async ({ request }, next) => {
    const reply = await next()
    if (!isEligible(reply, thresholdBytes)) return reply
    reply.headers.append('vary', 'Accept-Encoding')
    const accept = request.headers.get('accept-encoding') ?? ''
    const negotiator = new Negotiator({ headers: { 'accept-encoding': accept } }) as Negotiator & PrefersEncodings
    const [coding] = negotiator.encodings(CODINGS, { preferred: ['br'] })
    return coding === 'br' || coding === 'gzip' ? encode(reply, coding) : reply
  }
}

function isEligible({ status, headers, body }: Reply, thresholdBytes: number): boolean {
  if (body === null || status === 206 || headers.has('content-encoding') || headers.has('content-range')) return false
  if (!COMPRESSIBLE.test(headers.get('content-type') ?? '')) return false
  // `no-transform`: an intermediary or a middleware must leave the content alone (RFC 9111 §5.2.2.6).
  if (headers.get('cache-control')?.includes('no-transform') === true) return false
  return (isSource(body) ? (body.length ?? Infinity) : body.length) >= thresholdBytes
}

async function encode(reply: Reply, coding: Coding): Promise<Reply> {
  const { headers, body } = reply
  headers.set('content-encoding', coding)
  // Other bytes are another representation: a strong validator no longer holds (RFC 9110 §8.8.3.3).
  const etag = headers.get('etag')
  if (etag !== undefined && !etag.startsWith('W/')) headers.set('etag', `W/${etag}`)
  headers.delete('accept-ranges')
  if (isSource(body)) reply.body = encodeSource(body, coding)
  else if (body !== null) reply.body = coding === 'br' ? await compressWhole.br(body, BROTLI) : await compressWhole.gzip(body)
  return reply
}

/** Each chunk leaves as soon as it is made: what a client waits for must not wait in a window. */
function encodeSource(source: Source, coding: Coding): Source {
  return wrapSource(source, (signal) => {
    const chunks = source.open(signal)
    const encoded = encodeChunks(chunks, coding)
    // A generator that waits for its first chunk would hear of `return()` only afterwards.
    return { next: () => encoded.next(), return: () => closeBoth(chunks, encoded) }
  })
}

async function closeBoth(chunks: AsyncIterator<Chunk> | Iterator<Chunk>, encoded: AsyncGenerator<Chunk>): Promise<IteratorResult<Chunk>> {
  await chunks.return?.()
  void encoded.return(undefined)
  return { done: true, value: undefined }
}

async function* encodeChunks(chunks: AsyncIterator<Chunk> | Iterator<Chunk>, coding: Coding): AsyncGenerator<Chunk, void, void> {
  const encoder: BrotliCompress | Gzip = coding === 'br' ? createBrotliCompress(BROTLI) : createGzip()
  const pieces: Buffer[] = []
  // Flowing: an encoder whose output nobody takes stops before it has flushed.
  encoder.on('data', (piece: Buffer) => pieces.push(piece))
  const failed = once(encoder, 'error').then(([error]) => Promise.reject(error as Error))
  failed.catch(() => undefined)
  try {
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
      if (next.value.length === 0) continue
      encoder.write(next.value)
      await Promise.race([failed, new Promise<void>((resolve) => encoder.flush(FLUSH[coding], resolve))])
      encoder.read()
      yield Buffer.concat(pieces.splice(0))
    }
    const ended = once(encoder, 'end')
    encoder.end()
    await Promise.race([failed, ended])
    yield Buffer.concat(pieces)
  } finally {
    encoder.destroy()
  }
}
