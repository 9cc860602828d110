/** Several schemes of which a client may use any: a token for people, a key for machines. */
import type { CredentialsReading, SecurityScheme } from '../contract/security.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import type { Credentials } from './scheme.ts'

type Schemes = Readonly<Record<string, SecurityScheme>>

/** Which scheme the client used, by its key, and what it gave. */
export type AnyCredentials<S extends Schemes> = {
  [Name in keyof S]: { readonly scheme: Name; readonly credentials: S[Name] extends SecurityScheme<infer Given> ? Given : never }
}[keyof S]

/**
 * Lets a request satisfy one of several schemes.
 * `security: anyOf({ token: bearer(), key: apiKey({ in: 'header', name: 'X-API-Key' }) })`. The credentials are `{ scheme: 'token', credentials }` of the first
 * scheme in this order that the request has credentials for; where these are malformed, it is refused. A 401 has the challenges of all schemes.
 *
 * @throws {DeclarationError} `ANY_OF` for fewer than two schemes, and for one that is optional by itself
 */
export function anyOf<const S extends Schemes, const Optional extends boolean = false>(
  schemes: S,
  { optional: isOptional }: { readonly optional?: Optional } = {},
): SecurityScheme<Credentials<AnyCredentials<S>, Optional>> {
  const entries = Object.entries(schemes)
  const alternatives = Object.values(schemes)
  if (alternatives.length < 2 || alternatives.some((scheme) => scheme.isOptional))
    throw new DeclarationError(
      'ANY_OF',
      'anyOf()',
      'expected at least two schemes, none of them optional',
      'Pass { optional: true } as the second argument',
    )
  const scheme: SecurityScheme<AnyCredentials<S> | undefined> = {
    schemeName: alternatives.map(({ schemeName }) => schemeName).join('_'),
    object: alternatives[0]!.object,
    alternatives,
    isOptional: isOptional ?? false,
    scopes: alternatives.some(({ scopes }) => scopes === undefined)
      ? undefined
      : new Set(alternatives.flatMap(({ scopes }) => [...scopes!])),
    read(source): CredentialsReading<AnyCredentials<S> | undefined> {
      for (const [name, alternative] of entries) {
        const reading = alternative.read(source)
        if (reading === 'malformed') return reading
        if (reading !== 'missing')
          return { credentials: { scheme: name, credentials: reading.credentials } as AnyCredentials<S>, by: alternative }
      }
      return isOptional === true ? { credentials: undefined } : 'missing'
    },
    challenge(refusal, by) {
      // The other schemes can't help a client whose token lacks a scope.
      const used = refusal?.error === 'insufficient_scope' ? alternatives.filter((each) => each === by) : alternatives
      const challenges = used
        .map((each) => each.challenge(each === by ? refusal : undefined))
        .filter((challenge) => challenge !== undefined)
      return challenges.length === 0 ? undefined : challenges.join(', ')
    },
  }
  return scheme as SecurityScheme<Credentials<AnyCredentials<S>, Optional>> // `read` gives `undefined` exactly where `Optional` is true
}
