/** Compresses responses with a coding that the client accepts (RFC 9110 §8.4, §12.5.3). It is in this folder because it uses `node:zlib`. */
import { once } from 'node:events'
import { promisify } from 'node:util'
import zlib, { type BrotliCompress, type Gzip } from 'node:zlib'
import { acceptedEncodings } from '../http/accept.ts'
import { parseList } from '../http/list.ts'
import { parseMediaType } from '../http/media-type.ts'
import type { Middleware } from '../contract/middleware.ts'
import { selectedContent } from '../reply/conditions.ts'
import { openSource, type Chunks } from '../reply/declared-length.ts'
import { isSource, wrapSource, type Chunk, type Reply, type SelectedContent, type Source } from '../reply/reply.ts'

/** Options of `compression()`. */
export interface CompressionOptions {
  /** Shorter content is not compressed. Default: 1,024 bytes. */
  readonly thresholdBytes?: number
  /**
   * Compresses `text/event-stream` too. Each open event stream then holds an encoder: about 120 KiB with brotli and 200 KiB with gzip, instead of 15 KiB.
   * Default: false.
   */
  readonly events?: boolean
}

/** Media types of text, and of formats that are text or as compressible as text. Images, audio, video and archives are compressed already. */
const COMPRESSIBLE = /^(?:text\/.+|application\/(?:javascript|json|jsonl|wasm|x-ndjson|xml)|.+\+(?:json|xml)|font\/(?:otf|ttf))$/

/**
 * Compresses responses.
 * Middleware: `app.use(compression())`. It compresses text of at least 1 KiB with brotli, zstd (if Node has it) or gzip, and flushes a stream after each chunk.
 * The response gets `Vary: Accept-Encoding` and a weak `ETag`, also for a 304 and for `HEAD`. A response with `Cache-Control: no-transform` is not compressed.
 * Do not compress a response that contains both a secret and text from the client: its length would reveal the secret (BREACH).
 */
export function compression({ thresholdBytes = 1024, events = false }: CompressionOptions = {}): Middleware {
  return async (context, next) => {
    const reply = await next()
    const content = selectedContent(reply)
    if (!isEligible(reply, content, thresholdBytes, events)) return reply
    reply.headers.vary('Accept-Encoding')
    // A range request gets the uncoded content, whose tag is strong, so that its parts can be combined.
    if (context.header('range') !== undefined) return reply
    const [coding] = acceptedEncodings(context.header('accept-encoding') ?? '', codings(content.length === undefined))
    return coding === undefined ? reply : encode(reply, coding)
  }
}

function isEligible({ status, headers, body }: Reply, content: SelectedContent, thresholdBytes: number, events: boolean): boolean {
  if (content.coding !== undefined) return false
  // "The no-transform response directive indicates that an intermediary … MUST NOT transform the content" (RFC 9111 §5.2.2.6).
  if (parseList(headers.get('cache-control') ?? '').some((directive) => directive.toLowerCase() === 'no-transform')) return false
  // A handler or other middleware created this 304 without saying which content it stands for: it may be compressible.
  if (status === 304 && content.mediaType === undefined) return true
  const type = parseMediaType(content.mediaType ?? '')?.essence ?? ''
  if (!COMPRESSIBLE.test(type) || (type === 'text/event-stream' && !events)) return false
  return (body !== null || status === 304) && (content.length ?? Infinity) >= thresholdBytes
}

async function encode(reply: Reply, coding: string): Promise<Reply> {
  const { headers, body } = reply
  // The bytes depend on the encoder and its version, so the tag can only be weak (RFC 9110 §8.8.3.3).
  const etag = headers.get('etag')
  if (etag !== undefined && !etag.startsWith('W/')) headers.set('etag', `W/${etag}`)
  if (body === null) return reply
  headers.delete('accept-ranges')
  headers.set('content-encoding', coding)
  reply.body = isSource(body) ? encodeSource(body, coding) : await encodeWhole(body, coding)
  return reply
}

interface Coding {
  /** For content that is complete. */
  readonly encode: (content: string | Uint8Array) => Promise<Buffer>
  /** For a stream. */
  readonly open: () => BrotliCompress | Gzip
  /** The flush operation that ends a block, so that the client can decode everything that was written. */
  readonly flush: number
}

/** The functions for zstd in `node:zlib`, which exist since Node 22.15 and 23.8. The types of Node 20 lack them. */
interface Zstd {
  zstdCompress(content: string | Uint8Array, callback: (error: Error | null, result: Buffer) => void): void
  createZstdCompress(options: { readonly chunkSize: number; readonly params: Readonly<Record<number, number>> }): Gzip
  readonly constants: Readonly<Record<'ZSTD_c_compressionLevel' | 'ZSTD_c_windowLog' | 'ZSTD_e_flush', number>>
}

const { constants } = zlib

/** Quality 4 takes half the time of the highest quality, and compresses almost as well. */
const WHOLE_BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }

/** The size of an encoder's output buffers. With the default of 16 KiB, each open stream would keep several that are nearly empty. */
const chunkSize = 2_048

/**
 * Memory of one encoder that flushes 150 events of 1 KiB (Node 20.20): quality 4, 897 KiB; quality 1 with blocks of 16 KiB, 190 KiB; this one, 105 KiB.
 * Slow readers fill the window: 10 MiB each with the default of 2^22.
 */
const STREAMED_BROTLI = { chunkSize, params: { [constants.BROTLI_PARAM_QUALITY]: 1, [constants.BROTLI_PARAM_LGWIN]: 16 } }

/** The same measurement: the defaults of 2^15 and level 8 take 345 KiB, this one 200 KiB for an equal ratio. */
const STREAMED_GZIP = { chunkSize, windowBits: 13, memLevel: 6 }

const CODINGS: Readonly<Record<string, Coding>> = {
  br: {
    encode: (content) => promisify(zlib.brotliCompress)(content, WHOLE_BROTLI),
    open: () => zlib.createBrotliCompress(STREAMED_BROTLI),
    flush: constants.BROTLI_OPERATION_FLUSH,
  },
  ...('createZstdCompress' in zlib ? { zstd: toCoding(zlib as unknown as Zstd) } : {}), // the types are those of Node 20, which lack zstd
  gzip: {
    encode: (content) => promisify(zlib.gzip)(content),
    open: () => zlib.createGzip(STREAMED_GZIP),
    flush: constants.Z_SYNC_FLUSH,
  },
}

function toCoding(zstd: Zstd): Coding {
  const { ZSTD_c_compressionLevel: level, ZSTD_c_windowLog: window, ZSTD_e_flush: flush } = zstd.constants
  return {
    encode: promisify<string | Uint8Array, Buffer>((content, callback) => zstd.zstdCompress(content, callback)),
    open: () => zstd.createZstdCompress({ chunkSize, params: { [level]: 1, [window]: 16 } }),
    flush,
  }
}

const WHOLE = Object.keys(CODINGS)
const STREAMED = ['gzip', 'br']

/**
 * Codings in our order of preference, for codings that the client accepts with equal weight. Within the memory limits for streams, gzip compresses
 * flushed events three times better than brotli (ratio 0.03 against 0.10 in the measurement above).
 */
function codings(isStreamed: boolean): readonly string[] {
  return isStreamed ? STREAMED : WHOLE
}

function encodeWhole(content: string | Uint8Array, coding: string): Promise<Buffer> {
  return CODINGS[coding]!.encode(content)
}

/** Encodes a source. The client can decode each chunk before the next one is produced. */
function encodeSource(source: Source, coding: string): Source {
  return wrapSource(source, (signal) => {
    // Checks the declared length of the source here, because the encoded stream has another length.
    const chunks = openSource(source, signal)
    const encoded = encodeChunks(chunks, CODINGS[coding]!)
    // `return()` of the generator alone would take effect only after the chunk that it waits for.
    return { next: () => encoded.next(), return: () => closeBoth(chunks, encoded) }
  })
}

async function closeBoth(chunks: Chunks, encoded: AsyncGenerator<Chunk>): Promise<IteratorResult<Chunk>> {
  try {
    await chunks.return?.()
  } finally {
    // Not awaited: it settles only after the chunk that the generator waits for.
    encoded.return(undefined).catch(() => undefined)
  }
  return { done: true, value: undefined }
}

async function* encodeChunks(chunks: Chunks, { open, flush }: Coding): AsyncGenerator<Chunk, void, void> {
  const encoder = open()
  const pieces: Buffer[] = []
  // The listener keeps the encoder flowing: with unread output it would stop before it has flushed.
  encoder.on('data', (piece: Buffer) => pieces.push(piece))
  const failed = once(encoder, 'error').then(([error]) => Promise.reject(error as Error))
  failed.catch(() => undefined)
  try {
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
      if (next.value.length === 0) continue
      encoder.write(next.value)
      await Promise.race([failed, new Promise<void>((resolve) => encoder.flush(flush, resolve))])
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
