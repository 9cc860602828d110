/** JSON Lines (`application/jsonl`): one validated and filtered item per line. */
import type { Sequence } from '../reply/sequence.ts'
import { compileEncoder } from '../schema/encode.ts'
import type { AnySchema, Accepted } from '../schema/schema.ts'
import { renderChunks, type StreamOptions, type ToChunk } from './chunks.ts'
import type { Representation } from './representation.ts'
import { toSlowClientLimit } from '../reply/slow-client.ts'

/**
 * JSON Lines: the handler returns an (async) iterable of items, and each one is validated. An item that does not fit its model is not sent: the
 * connection is closed, or the response is a 500 if it is the first item.
 */
export function jsonl<S extends AnySchema>(
  schema: S,
  { endless = false, ...options }: StreamOptions = {},
): Representation<Sequence<Accepted<S>>> {
  const slowClient = toSlowClientLimit(options)
  return {
    kind: 'jsonl',
    mediaType: 'application/jsonl',
    content: { itemSchema: schema },
    compile() {
      const { encodeText } = compileEncoder(schema)
      const toChunk: ToChunk = (item) => `${encodeText(item)}\n`
      return (reply, value, exchange) => renderChunks(reply, value, exchange, { toChunk, slowClient, endless })
    },
  }
}
