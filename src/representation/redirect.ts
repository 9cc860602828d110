/** A redirect (RFC 9110 §15.4): `Location` and no content. */
import { z } from 'zod'
import { formatLocation } from '../http/request-url.ts'
import { ModelError } from '../schema/model-error.ts'
import type { Representation } from './representation.ts'

/** Options of `redirect()`. */
export interface RedirectOptions {
  /** Schemes of absolute URLs that may be redirected to, such as `['https', 'com.example.app']`. Default: `http` and `https`. */
  readonly schemes?: readonly string[]
}

const WEB: readonly string[] = ['http', 'https']

/**
 * A redirect. The handler returns the target: an absolute URL, or a reference relative to the URL of the request (RFC 9110 §10.2.2).
 * A reference that browsers could read as another host (`//evil.example`, `http://a\@b`) and an undeclared scheme (`javascript:`) become a 500.
 */
export function redirect({ schemes = WEB }: RedirectOptions = {}): Representation<string | URL> {
  const allowed = new Set(schemes.map((scheme) => `${scheme.toLowerCase()}:`))
  return {
    kind: 'redirect',
    mediaType: undefined,
    content: {},
    fromError: (_error, { headers }) => headers.get('location'),
    headers: { Location: { description: 'Where the resource is', schema: z.string().meta({ format: 'uri-reference' }), required: true } },
    compile: () => (reply, value) => {
      if (typeof value !== 'string' && !(value instanceof URL)) throw ModelError.at([], 'string or URL', value)
      const location = formatLocation(String(value), allowed)
      if (location === undefined)
        throw new ModelError([], 'a safe reference: a path, or an absolute URL of a declared scheme', 'another one')
      reply.headers.set('location', location)
      // A redirect has content of length 0, which is an empty string here. `null` is for statuses that never have content.
      reply.body = ''
    },
  }
}
