/** `application/json` (RFC 8259): validated, filtered and serialised in one pass. */
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
      const { encode } = compileEncoder(schema)
      return (reply, value) => {
        reply.body = encode(value)
      }
    },
  }
}
