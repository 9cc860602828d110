/** `application/json` (RFC 8259): validated, filtered and serialised in one pass; read, typed and checked by its model. */
import { isSameMediaType } from '../http/media-type.ts'
import type { Reply } from '../reply/reply.ts'
import { compileEncoder } from '../schema/encode.ts'
import type { InputResult } from '../schema/issue.ts'
import { parseJSONText, parseExactJSON } from '../schema/json-text.ts'
import { mayHoldNul } from '../schema/nul.ts'
import type { AnySchema, OutputOf, Accepted } from '../schema/schema.ts'
import { compileWireReader } from '../schema/wire.ts'
import { readingText, type BodyReader } from './content.ts'
import type { BodyReading, ReadableRepresentation } from './representation.ts'

/** What `json()` returns. */
export interface JSONRepresentation<S extends AnySchema> extends ReadableRepresentation<Accepted<S>, OutputOf<S>> {
  readonly kind: 'json'
  readonly mediaType: string
  readonly schema: S
}

/** JSON of a model. A bare schema means the same with `application/json`; `json()` can use another media type, such as `application/hal+json`. */
export function json<S extends AnySchema>(schema: S, mediaType = 'application/json'): JSONRepresentation<S> {
  return {
    kind: 'json',
    mediaType,
    schema,
    content: { schema },
    reading: {
      accepts: isSameMediaType(mediaType, 'application/json') ? isJSON : undefined,
      isText: true,
      judgesNothing: true,
      compile: () => compileReader(schema),
    },
    compile() {
      const { encode, encodeSlices, isLarge } = compileEncoder(schema)
      return (reply, value, exchange) => {
        if (isLarge(value)) return encodeSlices(value, exchange.signal).then((slices) => put(reply, slices))
        reply.content = encode(value)
        return undefined
      }
    },
  }
}

/** Sets the encoded slices as the body. A large value is encoded in slices, so that other requests are served in between. The head is sent after the last one, so its length is known. */
function put(reply: Reply, slices: readonly Uint8Array[]): void {
  const length = slices.reduce((sum, slice) => sum + slice.byteLength, 0)
  reply.body = { length, open: () => slices[Symbol.iterator]() }
}

/** `application/*+json` is JSON too (RFC 6839 §3.1). */
const isJSON: NonNullable<BodyReading['accepts']> = (essence) => essence.endsWith('+json')

function compileReader(schema: AnySchema): BodyReader {
  const { read, refuseNul, needsExactIntegers } = compileWireReader(schema)
  const parse: (text: string) => unknown = needsExactIntegers ? parseExactJSON : JSON.parse

  return readingText((text) => {
    if (text === '') return read(undefined)
    const { value, fault, at } = parseJSONText(text, parse)
    if (fault !== undefined) return { issues: [{ path: [at], code: 'json_invalid', message: fault }] }
    const refused = mayHoldNul(text) ? refuseNul(value) : undefined
    if (refused !== undefined) return refused
    return value === null ? readNull() : read(value)
  })

  /** Reads the content `null`. If the model does not accept `null`, it counts as no value: a required body is missing, an optional one absent. */
  async function readNull(): Promise<InputResult> {
    const result = await read(null)
    return result.issues === undefined ? result : read(undefined)
  }
}
