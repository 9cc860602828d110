/** Bytes, sent and read unchanged. */
import { ModelError } from '../schema/model-error.ts'
import type { BodyReader } from './content.ts'
import type { BodyReading, ReadableRepresentation } from './representation.ts'

/** What `bytes()` makes. */
export type BytesRepresentation = ReadableRepresentation<Uint8Array | ArrayBuffer, Uint8Array>

const ANY_BYTES = 'application/octet-stream'

/**
 * Bytes of a media type. The handler returns a `Uint8Array` or `ArrayBuffer`. Default: `application/octet-stream`, which accepts request
 * bodies of every media type.
 */
export function bytes(mediaType = ANY_BYTES): BytesRepresentation {
  return {
    kind: 'bytes',
    mediaType,
    content: { form: { type: 'string', contentMediaType: mediaType } },
    reading: mediaType === ANY_BYTES ? { ...READING, accepts: () => true } : READING,
    compile: () => (reply, value) => {
      if (value instanceof ArrayBuffer) reply.body = new Uint8Array(value)
      else if (value instanceof Uint8Array) reply.body = value
      else throw ModelError.at([], 'Uint8Array or ArrayBuffer', value)
    },
  }
}

const readBytes: BodyReader = (content) => content.collect((value) => ({ value }))

const READING: BodyReading = { compile: () => readBytes }
