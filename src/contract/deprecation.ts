/** Headers of a deprecated route: `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and `Link`. */
import { z } from 'zod'
import { formatHTTPDate } from '../http/http-date.ts'
import { defineMiddleware, type Middleware } from './middleware.ts'

/** When a route was deprecated and when it will be removed (RFC 9745, RFC 8594). */
export interface Deprecation {
  /** When the route became deprecated, or will become so. */
  readonly since: Date
  /** When it will stop responding. Default: not known. */
  readonly sunset?: Date
  /** A page that says what to use instead. Default: none. */
  readonly link?: string
}

const layers = new WeakMap<Deprecation, Middleware>()

/** The middleware that adds the headers and declares them; `undefined` if the route gives no dates. */
export function deprecationLayer(deprecated: boolean | Deprecation | undefined): Middleware | undefined {
  if (typeof deprecated !== 'object') return undefined
  let layer = layers.get(deprecated)
  if (layer === undefined) layers.set(deprecated, (layer = createLayer(deprecated)))
  return layer
}

function createLayer({ since, sunset, link }: Deprecation): Middleware {
  const responseHeaders = {
    Deprecation: z.string().describe('When the operation was deprecated: @ and seconds since 1970'),
    ...(sunset && { Sunset: z.string().describe('When the operation will stop responding') }),
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
