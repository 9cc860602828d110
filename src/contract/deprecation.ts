/** Headers of a deprecated route: `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and `Link`. */
import { z } from 'zod'
import { formatHTTPDate } from '../http/fields.ts'
import type { Reply } from '../reply/reply.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { defineMiddleware, type Middleware } from './middleware.ts'

/** When a route was deprecated and when it will be removed (RFC 9745, RFC 8594). */
export interface Deprecation {
  /** When the route became deprecated, or will become so. */
  readonly since: Date
  /** When it will stop responding: not before `since`. Default: not known. */
  readonly sunset?: Date
  /** A page that says what to use instead. Default: none. */
  readonly link?: string
}

/** `URI-Reference` in angle brackets (RFC 8288 §3). */
const LINK = /^[\x21-\x3b\x3d\x3f-\x7e]+$/

/** Throws a `DeclarationError` for a date or a link that no header can have, and for a sunset before the deprecation. */
export function assertDeprecation(deprecated: boolean | Deprecation | undefined, where: string): void {
  if (typeof deprecated !== 'object') return
  const { since, sunset = since, link } = deprecated
  for (const [name, date] of Object.entries({ since, sunset }))
    if (Number.isNaN(date.getTime())) throw unusable(`${where}.${name}`, 'a date')
  // RFC 9745 §4 forbids a Sunset date before the Deprecation date.
  if (sunset < since)
    throw new DeclarationError(
      'DEPRECATED',
      `${where}.sunset`,
      'expected a date that is not earlier than since, got an earlier one',
      'Correct it',
    )
  if (link !== undefined && !LINK.test(link)) throw unusable(`${where}.link`, 'a URL')
}

function unusable(where: string, what: string): DeclarationError {
  return new DeclarationError('DEPRECATED', where, `expected ${what}, got one that is not valid`, 'Correct it')
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
  const onReply = ({ headers }: Reply) => {
    headers.set('deprecation', `@${Math.floor(since.getTime() / 1000)}`)
    if (sunset !== undefined) headers.set('sunset', formatHTTPDate(sunset))
    if (link !== undefined) headers.append('link', `<${link}>; rel="deprecation"; type="text/html"`)
  }
  return defineMiddleware({ responseHeaders }, function deprecated(_context, next) {
    return next({ onReply })
  })
}
