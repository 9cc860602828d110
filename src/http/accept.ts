/** Proactive negotiation by `Accept` and `Accept-Encoding` (RFC 9110 §12.5). Only this file imports `negotiator`. */
import Negotiator from 'negotiator'
import { parseList } from './list.ts'
import { parseMediaType } from './media-type.ts'

/** An offer that every client accepts: a response without content. */
const ANY = '*/*'

/** Further ranges are ignored: a header of 8 KiB can hold thousands, and each one is compared with each offer. */
const MAX_RANGES = 64

/**
 * The offer that the client prefers; `undefined` if it accepts none.
 * Among equal weights: the more specific range, then the client's order, then the order of the offers.
 */
export function negotiate(accept: string, offers: readonly string[]): string | undefined {
  // Without a slash there is no media range: the header is ignored.
  if (!accept.includes('/')) return offers[0]
  const ranges = parseList(accept).slice(0, MAX_RANGES).flatMap(withPlainRange)
  return new Negotiator({ headers: { accept: ranges.join(', ') } }).mediaType(offers) ?? offers.find((offer) => offer === ANY)
}

/**
 * A range with parameters also counts without them: clients send `application/json; charset=utf-8`, and JSON has no such parameter (RFC 8259 §11).
 * A refusal (`q=0`) holds only for the parameters that it names.
 */
function withPlainRange(range: string): string[] {
  const parsed = range.includes(';') ? parseMediaType(range) : undefined
  if (parsed === undefined) return [range]
  const { q = '1', ...parameters } = parsed.parameters
  if (Object.keys(parameters).length === 0 || !(Number(q) > 0)) return [range]
  return [range, `${parsed.essence};q=${q}`]
}

/** The published types of `negotiator` lack the option `preferred`. */
interface PrefersEncodings {
  encodings(available: string[], options: { readonly preferred: readonly string[] }): string[]
}

/** The content coding for uncoded content (§12.5.3). A client accepts it unless it says otherwise. */
const IDENTITY = 'identity'

/**
 * The codings that the client accepts, in its order of preference; among equal weights in the order of the offers. Codings with a lower weight than
 * `identity` are left out.
 */
export function acceptedEncodings(acceptEncoding: string, offers: readonly string[]): readonly string[] {
  const elements = parseList(acceptEncoding).slice(0, MAX_RANGES).join(', ')
  const negotiator = new Negotiator({ headers: { 'accept-encoding': elements } }) as Negotiator & PrefersEncodings
  const accepted = negotiator.encodings([...offers, IDENTITY], { preferred: [...offers, IDENTITY] })
  const uncoded = accepted.indexOf(IDENTITY)
  return uncoded === -1 ? accepted : accepted.slice(0, uncoded)
}
