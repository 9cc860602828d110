/** Proactive negotiation by `Accept` (RFC 9110 §12.5.1). */
import Negotiator from 'negotiator'

/** An offer that suits every client: a response without content. */
const ANY = '*/*'

/**
 * The offer that the client likes best; `undefined` where it takes none.
 * Among equals: the range that is more specific, then the client's order, then the order of the offers.
 */
export function negotiate(accept: string, offers: readonly string[]): string | undefined {
  // Without a media range the field says nothing.
  if (!accept.includes('/')) return offers[0]
  return new Negotiator({ headers: { accept } }).mediaType(offers) ?? offers.find((offer) => offer === ANY)
}
