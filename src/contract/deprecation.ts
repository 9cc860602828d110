/** Headers of a deprecated route: `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and `Link`. */
import { z } from 'zod'
import { formatHTTPDate } from '../http/http-date.ts'
import { defineMiddleware, type Middleware } from './middleware.ts'

/** When something was deprecated and when it will be gone (RFC 9745, RFC 8594). */
export interface Deprecation {
  /** Since when, or from when on, the route is deprecated. */
  readonly since: Date
  /** When it will stop to answer. Default: not known. */
  readonly sunset?: Date
  /** A page that says what to use instead. Default: none. */
  readonly link?: string
}

const layers = new WeakMap<Deprecation, Middleware>()

/** The layer that adds the headers, which are in the document with it; `undefined` if the route says no more than that it is deprecated. */
export function deprecationLayer(deprecated: boolean | Deprecation | undefined): Middleware | undefined {
  if (typeof deprecated !== 'object') return undefined
  let layer = layers.get(deprecated)
  if (layer === undefined) layers.set(deprecated, (layer = createLayer(deprecated)))
  return layer
}

function createLayer({ since, sunset, link }: Deprecation): Middleware {
  const responseHeaders = {
    Deprecation: z.string().describe('When the operation was deprecated: @ and seconds since 1970'),
    ...(sunset && { Sunset: z.string().describe('When the operation will stop to answer') }),
    ...(link !== undefined && { Link: z.string().describe('What to use instead') }),
  }
  return defineMiddleware({ responseHeaders }, async function deprecated(_context, next) {
    const reply = await next()
    const { headers } = reply
    headers.set('deprecation', `@${Math.floor(since.getTime() / 1000)}`)
    if (sunset !== undefined) headers.set('sunset', formatHTTPDate(sunset))
    if (link !== undefined) headers.append('link', `<${link}>; rel="deprecation"; type="text/html"`)
    return reply
  })
}
