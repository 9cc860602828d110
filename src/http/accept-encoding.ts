/** Proactive negotiation by `Accept-Encoding` (RFC 9110 §12.5.3). */
import Negotiator from 'negotiator'

/** Its published types do not know the order among equals yet. */
interface PrefersEncodings {
  encodings(available: string[], options: { readonly preferred: readonly string[] }): string[]
}

/** Those of the offers that the client takes, the one it likes best first. Among equals their order here counts. */
export function acceptedEncodings(field: string, offers: readonly string[]): readonly string[] {
  const negotiator = new Negotiator({ headers: { 'accept-encoding': field } }) as Negotiator & PrefersEncodings
  return negotiator.encodings([...offers], { preferred: offers })
}
