/** Compresses responses with a coding that the client accepts (RFC 9110 §8.4, §12.5.3). It is in this folder because it uses `node:zlib`. */
import { acceptedEncodings } from '../http/accept.ts'
import { parseList } from '../http/list.ts'
import { parseMediaType } from '../http/media-type.ts'
import type { Middleware } from '../contract/middleware.ts'
import { selectedContent } from '../reply/conditions.ts'
import { isSource, type Reply, type SelectedContent } from '../reply/reply.ts'
import { codings, encodeSource, encodeWhole } from './content-coding.ts'

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
