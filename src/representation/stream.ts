/** Text or bytes that are produced while they are sent. */
import { withCharset } from '../http/media-type.ts'
import type { Chunk } from '../reply/reply.ts'
import type { Sequence } from '../reply/sequence.ts'
import { ModelError } from '../schema/model-error.ts'
import { renderChunks, type StreamOptions } from './chunks.ts'
import type { Representation } from './representation.ts'
import { toSlowClientLimit } from '../reply/slow-client.ts'

/**
 * Text or bytes that are produced while they are sent. `; charset=utf-8` is added to text media types without a charset. If the handler sets
 * `content-length`, the stream must have exactly that length.
 */
export function stream(mediaType: string, { endless = false, ...options }: StreamOptions = {}): Representation<Sequence<Chunk>> {
  const slowClient = toSlowClientLimit(options)
  return {
    kind: 'stream',
    mediaType: withCharset(mediaType),
    content: { form: { type: 'string', contentMediaType: mediaType } },
    compile: () => (reply, value, exchange) => renderChunks(reply, value, exchange, { toChunk, slowClient, endless }),
  }
}

function toChunk(item: unknown): Chunk {
  if (typeof item === 'string' || item instanceof Uint8Array) return item
  throw ModelError.at([], 'string or Uint8Array', item)
}
