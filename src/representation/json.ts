/** `application/json` (RFC 8259): validated, filtered and serialised in one pass. */
import type { Reply } from '../reply/reply.ts'
import { compileEncoder } from '../schema/encode.ts'
import type { AnySchema, OutputOf } from '../schema/schema.ts'
import type { Accepted } from './accepted.ts'
import type { Representation } from './representation.ts'

export interface JSONRepresentation<S extends AnySchema> extends Representation<Accepted<S>> {
  readonly '~input'?: OutputOf<S>
  readonly kind: 'json'
  readonly mediaType: string
  readonly schema: S
}

/** A bare schema means the same; this gives it another media type, such as `application/hal+json`. */
export function json<S extends AnySchema>(schema: S, mediaType = 'application/json'): JSONRepresentation<S> {
  return {
    kind: 'json',
    mediaType,
    schema,
    content: { schema },
    compile() {
      const { encode, encodeSlices, isLarge } = compileEncoder(schema)
      return (reply, value, exchange) => {
        if (isLarge(value)) return encodeSlices(value, exchange.signal).then((slices) => put(reply, slices))
        reply.body = encode(value)
        return undefined
      }
    },
  }
}

/** In pieces, so that nothing waits while megabytes are encoded; all were made when the head leaves, so that their length is known. */
function put(reply: Reply, slices: readonly Uint8Array[]): void {
  const length = slices.reduce((sum, slice) => sum + slice.byteLength, 0)
  reply.body = { length, open: () => slices[Symbol.iterator]() }
}
