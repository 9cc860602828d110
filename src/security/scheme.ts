/** What all security schemes have in common: their options, their challenge, and credentials that may be absent. */
import type { CredentialsReading, CredentialsSource, Refusal, SecurityScheme, SecuritySchemeObject } from '../contract/security.ts'
import { assertField } from '../http/fields.ts'

export interface SchemeOptions<Optional extends boolean> {
  /** Lets requests without credentials in: `credentials` is `undefined` then. Default: false. */
  readonly optional?: Optional
  /** Its key in `components.securitySchemes`. Default: the name of the function, of an API key that of its parameter. */
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

/** Throws a `TypeError` if its challenge can't be a header. */
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
  return scheme as SecurityScheme<Credentials<Value, Optional>> // `read` gives `undefined` exactly where `Optional` is true
}

/** Malformed credentials are refused all the same: a client that tries to sign in must not be taken for one that does not. */
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
