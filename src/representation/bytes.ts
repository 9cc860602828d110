/** Bytes as they are. */
import { ModelError } from '../schema/model-error.ts'
import type { Representation } from './representation.ts'

export interface BytesRepresentation extends Representation<Uint8Array | ArrayBuffer> {
  readonly '~input'?: Uint8Array
}

/** Default: `application/octet-stream`. */
export function bytes(mediaType = 'application/octet-stream'): BytesRepresentation {
  return {
    kind: 'bytes',
    mediaType,
    content: { form: { type: 'string', contentMediaType: mediaType } },
    compile: () => (reply, value) => {
      if (value instanceof ArrayBuffer) reply.body = new Uint8Array(value)
      else if (value instanceof Uint8Array) reply.body = value
      else throw ModelError.at([], 'Uint8Array or ArrayBuffer', value)
    },
  }
}
