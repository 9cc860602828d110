/** Representations of your own: CSV, XML, MessagePack, … */
import { withCharset } from '../http/media-type.ts'
import { toOutput } from '../schema/encode/output.ts'
import { compileEncoder } from '../schema/encode.ts'
import type { AnySchema, OutputOf } from '../schema/schema.ts'
import type { Accepted } from './accepted.ts'
import type { Representation } from './representation.ts'

export interface RepresentationDefinition<S extends AnySchema> {
  /** Text media types gain `; charset=utf-8` where they name no charset. */
  readonly mediaType: string
  readonly schema: S
  /** Gets the value validated and filtered: what the model does not name is not there to be encoded. */
  readonly encode: (value: OutputOf<S>) => string | Uint8Array
}

export function defineRepresentation<S extends AnySchema>(definition: RepresentationDefinition<S>): Representation<Accepted<S>> {
  const { mediaType, schema, encode } = definition
  return {
    kind: 'defined',
    mediaType: withCharset(mediaType),
    content: { schema, isFiltered: true },
    compile() {
      const { filter } = compileEncoder(schema)
      return (reply, value) => {
        const encoded = encode(filter(value))
        reply.body = typeof encoded === 'string' ? toOutput(encoded) : encoded
      }
    },
  }
}
