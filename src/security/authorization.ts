/** Reads the `Authorization` header (RFC 9110 §11.6.2). */
import type { CredentialsReading, CredentialsSource } from '../contract/security.ts'

/** `credentials = auth-scheme [ 1*SP ( token68 / … ) ]`. The scheme is case-insensitive; what follows is visible ASCII without spaces. */
const CREDENTIALS = /^([!#$%&'*+.^_`|~\dA-Za-z-]+)(?: +([\x21-\x7e]+))?$/

/** Credentials of another scheme count as missing: a route may have dependencies for both. */
export function readAuthorization<Value>(
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
