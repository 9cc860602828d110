/** Schemes of the `Authorization` header (RFC 9110 §11.6.2): a user name and password (RFC 7617), and a bearer token (RFC 6750). */
import type { CredentialsReading, CredentialsSource, SecurityScheme, SecuritySchemeObject } from '../contract/security.ts'
import { defineScheme, formatChallenge, type Credentials, type SchemeOptions } from './scheme.ts'

/** Options of `basic()`. */
export interface BasicOptions<Optional extends boolean> extends SchemeOptions<Optional> {
  /** The name of the protected area. Browsers show it, and store one password per realm. Default: `Restricted`. */
  readonly realm?: string
}

/** A user name and a password, as they were sent. */
export interface BasicCredentials {
  readonly username: string
  readonly password: string
}

/** Reads a user name and a password (RFC 7617). `Authorization: Basic <base64>`: the credentials are a user name and a password, in UTF-8. */
export function basic<const Optional extends boolean = false>(
  options: BasicOptions<Optional> = {},
): SecurityScheme<Credentials<BasicCredentials, Optional>> {
  const { realm = 'Restricted' } = options
  return defineScheme<BasicCredentials, Optional>(
    {
      schemeName: 'basic',
      object: { type: 'http', scheme: 'basic' },
      read: (incoming) => readAuthorization(incoming, 'basic', parseBasic),
      challenge: (refusal) => (refusal?.error === 'insufficient_scope' ? undefined : formatChallenge('Basic', { realm, charset: 'UTF-8' })),
    },
    options,
  )
}

/** "The user-id and password MUST NOT contain any control characters", and the first colon ends the user-id (RFC 7617 §2). */
const USER_PASS = /^([^:\p{Cc}]*):(\P{Cc}*)$/u

function parseBasic(token: string): BasicCredentials | undefined {
  const [, username, password] = USER_PASS.exec(decodeBase64(token) ?? '') ?? []
  return username === undefined || password === undefined ? undefined : { username, password }
}

function decodeBase64(token: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(atob(token), (character) => character.charCodeAt(0)))
  } catch {
    return undefined
  }
}

/** Options of `bearer()`. */
export interface BearerOptions<Optional extends boolean> extends SchemeOptions<Optional> {
  /** The format of the token, for readers of the document, such as `JWT`. Default: none. */
  readonly format?: string
  /** The name of the protected area, for `WWW-Authenticate`. Default: none. */
  readonly realm?: string
}

/** Reads a bearer token (RFC 6750). `Authorization: Bearer <token>`: the credentials are the token (RFC 6750 §2.1). */
export function bearer<const Optional extends boolean = false>(
  options: BearerOptions<Optional> = {},
): SecurityScheme<Credentials<string, Optional>> {
  const { format } = options
  return defineBearer('bearer', { type: 'http', scheme: 'bearer', ...(format !== undefined && { bearerFormat: format }) }, options)
}

/** Defines a scheme whose credentials are a bearer token. `scopes`: the scopes that a route may require. Default: any. */
export function defineBearer<Optional extends boolean>(
  schemeName: string,
  object: SecuritySchemeObject,
  options: Omit<BearerOptions<Optional>, 'format'>,
  scopes?: ReadonlySet<string>,
): SecurityScheme<Credentials<string, Optional>> {
  const { realm } = options
  return defineScheme<string, Optional>(
    {
      schemeName,
      object,
      ...(scopes !== undefined && { scopes }),
      read: (incoming) => readAuthorization(incoming, 'bearer', (token) => token),
      challenge: (refusal) => formatChallenge('Bearer', { realm, ...refusal }),
    },
    options,
  )
}

/** `credentials = auth-scheme [ 1*SP ( token68 / … ) ]`. The scheme is case-insensitive. The credentials are visible ASCII characters without spaces. */
const CREDENTIALS = /^([!#$%&'*+.^_`|~\dA-Za-z-]+)(?: +([\x21-\x7e]+))?$/

/** Credentials of another scheme count as missing: a route may have dependencies for both. */
function readAuthorization<Value>(
  incoming: CredentialsSource,
  scheme: string,
  parse: (text: string) => Value | undefined,
): CredentialsReading<Value> {
  const header = incoming.header('authorization')
  if (header === undefined || header.split(' ', 1)[0]!.toLowerCase() !== scheme) return 'missing'
  const text = CREDENTIALS.exec(header)?.[2]
  const credentials = text === undefined ? undefined : parse(text)
  return credentials === undefined ? 'malformed' : { credentials }
}
