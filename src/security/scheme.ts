/** Defines a security scheme, and combines several schemes of which a client may use one, such as a token for people and a key for machines. */
import type { CredentialsReading, CredentialsSource, Refusal, SecurityScheme, SecuritySchemeObject } from '../contract/security.ts'
import { assertField } from '../http/fields.ts'
import { DeclarationError } from '../schema/declaration-error.ts'

export interface SchemeOptions<Optional extends boolean> {
  /** Also accepts requests without credentials: `credentials` is then `undefined`. Default: false. */
  readonly optional?: Optional
  /** The key in `components.securitySchemes`. Default: the name of the function; for an API key, the name of its header, parameter or cookie. */
  readonly schemeName?: string
  /** For the document, in CommonMark. Default: none. */
  readonly description?: string
}

export type Credentials<Value, Optional extends boolean> = Optional extends true ? Value | undefined : Value

interface SchemeDefinition<Value> {
  readonly schemeName: string
  readonly object: SecuritySchemeObject
  readonly scopes?: ReadonlySet<string>
  readonly read: (incoming: CredentialsSource) => CredentialsReading<Value>
  readonly challenge: (refusal?: Refusal) => string | undefined
}

/** Throws a `TypeError` if the challenge is not a valid field value. */
export function defineScheme<Value, Optional extends boolean>(
  { schemeName, object, scopes, read, challenge }: SchemeDefinition<Value>,
  options: SchemeOptions<Optional>,
): SecurityScheme<Credentials<Value, Optional>> {
  const { optional: isOptional = false, description } = options
  assertField('WWW-Authenticate', challenge() ?? '-')
  const scheme: SecurityScheme<Value | undefined> = {
    // Names of components are `^[a-zA-Z0-9\.\-_]+$` (OpenAPI 3.1.1 §4.8.7.1).
    schemeName: options.schemeName ?? schemeName.replaceAll(/[^\w.-]/g, '_'),
    object: description === undefined ? object : { ...object, description },
    isOptional,
    scopes,
    read: isOptional ? (incoming) => orAbsent(read(incoming)) : read,
    challenge,
  }
  return scheme as SecurityScheme<Credentials<Value, Optional>> // `read` returns `undefined` credentials only if `Optional` is true
}

/** Malformed credentials are still refused: a client that tries to sign in must not count as a client without credentials. */
function orAbsent<Value>(reading: CredentialsReading<Value>): CredentialsReading<Value | undefined> {
  return reading === 'missing' ? { credentials: undefined } : reading
}

/** `challenge = auth-scheme [ 1*SP #auth-param ]` (RFC 9110 §11.3), each value as a quoted string. */
export function formatChallenge(scheme: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const written = Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${quote(value)}`]))
  return written.length === 0 ? scheme : `${scheme} ${written.join(', ')}`
}

/** `quoted-pair = "\" ( HTAB / SP / VCHAR / obs-text )` */
function quote(value: string): string {
  return `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}

type Schemes = Readonly<Record<string, SecurityScheme>>

/** The key of the scheme that the client used, and its credentials. */
export type AnyCredentials<S extends Schemes> = {
  [Name in keyof S]: { readonly scheme: Name; readonly credentials: S[Name] extends SecurityScheme<infer Given> ? Given : never }
}[keyof S]

/**
 * Lets a request satisfy one of several schemes.
 * `security: anyOf({ token: bearer(), key: apiKey({ in: 'header', name: 'X-API-Key' }) })`. The schemes are tried in this order. The first one that the request
 * has credentials for gives `{ scheme: 'token', credentials }`. If these credentials are malformed, the request is refused. A 401 has the challenges of all
 * schemes.
 *
 * @throws {DeclarationError} `ANY_OF` for fewer than two schemes, and for a scheme that is optional by itself
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
  return scheme as SecurityScheme<Credentials<AnyCredentials<S>, Optional>> // `read` returns `undefined` credentials only if `Optional` is true
}
