/** Content codings of zlib, for whole content and for streams (RFC 9110 §8.4.1). Streams are flushed after each chunk and use bounded memory. */
import { once } from 'node:events'
import { promisify } from 'node:util'
import zlib, { type BrotliCompress, type Gzip } from 'node:zlib'
import { openSource, type Chunks } from '../reply/declared-length.ts'
import { type Chunk, type Source, wrapSource } from '../reply/reply.ts'

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
export function codings(isStreamed: boolean): readonly string[] {
  return isStreamed ? STREAMED : WHOLE
}

export function encodeWhole(content: string | Uint8Array, coding: string): Promise<Buffer> {
  return CODINGS[coding]!.encode(content)
}

/** Encodes a source. The client can decode each chunk before the next one is produced. */
export function encodeSource(source: Source, coding: string): Source {
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
