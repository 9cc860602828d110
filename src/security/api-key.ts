/** A key in a header, in the query or in a cookie, such as the id of a session. */
import type { CredentialsSource, SecurityScheme } from '../contract/security.ts'
import { parseCookies } from '../http/cookies.ts'
import { isToken } from '../http/fields.ts'
import { parseQuery } from '../http/request-url.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { defineScheme, formatChallenge, type Credentials, type SchemeOptions } from './scheme.ts'

/** Options of `apiKey()`. */
export interface APIKeyOptions<Optional extends boolean> extends SchemeOptions<Optional> {
  /** A key in the query is written into logs and histories: use it only for clients that can't send a header. */
  readonly in: 'header' | 'query' | 'cookie'
  /** The name of the header, in any case, or of the parameter or cookie, where case counts. */
  readonly name: string
}

/** The values of one name in one location. */
const READERS: Readonly<Record<APIKeyOptions<boolean>['in'], (incoming: CredentialsSource, name: string) => readonly string[]>> = {
  header: (incoming, name) => asList(incoming.header(name.toLowerCase())),
  query: (incoming, name) => parseQuery(incoming.search)?.get(name) ?? [],
  cookie: (incoming, name) => asList(parseCookies(incoming.header('cookie') ?? '')[name]),
}

function asList(value: string | undefined): readonly string[] {
  return value === undefined ? [] : [value]
}

/**
 * Reads a key from a header, a query parameter or a cookie.
 * The credentials are the key; an empty one counts as missing. Throws a `DeclarationError` for a name that no header or cookie can have.
 *
 * `WWW-Authenticate` names the scheme `APIKey`, which no RFC registers: a 401 must have a challenge (RFC 9110 §15.5.2).
 */
export function apiKey<const Optional extends boolean = false>(
  options: APIKeyOptions<Optional>,
): SecurityScheme<Credentials<string, Optional>> {
  const { in: location, name } = options
  if (location !== 'query' && !isToken(name))
    throw new DeclarationError(
      'API_KEY_NAME',
      'apiKey() name',
      'expected a token (RFC 9110 §5.6.2), got another text',
      'Use letters, digits and -',
    )
  const read = READERS[location]
  return defineScheme<string, Optional>(
    {
      schemeName: name,
      object: { type: 'apiKey', in: location, name },
      read(incoming) {
        const [key = '', another] = read(incoming, name)
        if (another !== undefined) return 'malformed'
        return key === '' ? 'missing' : { credentials: key }
      },
      challenge: (refusal) => (refusal?.error === 'insufficient_scope' ? undefined : formatChallenge('APIKey', { in: location, name })),
    },
    options,
  )
}
