/** A redirect (RFC 9110 §15.4): `Location` and no content. */
import { z } from 'zod'
import { escapeLocation } from '../http/path.ts'
import { ModelError } from '../schema/model-error.ts'
import type { Representation } from './representation.ts'

/** The handler returns where to: a URL, or a reference relative to the request's. */
export function redirect(): Representation<string | URL> {
  return {
    kind: 'redirect',
    mediaType: undefined,
    content: {},
    fromError: (_error, { headers }) => headers.get('location'),
    headers: { Location: { description: 'Where the resource is', schema: z.string().meta({ format: 'uri-reference' }), required: true } },
    compile: () => (reply, value) => {
      if (typeof value !== 'string' && !(value instanceof URL)) throw ModelError.at([], 'string or URL', value)
      reply.headers.set('location', escapeLocation(String(value)))
      // A writer takes the empty string as content of length 0, which a redirect has; `null` would be a status that never has any.
      reply.body = ''
    },
  }
}
