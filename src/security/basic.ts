/** User name and password (RFC 7617). */
import type { SecurityScheme } from '../contract/security.ts'
import { readAuthorization } from './authorization.ts'
import { defineScheme, formatChallenge, type Credentials, type SchemeOptions } from './scheme.ts'

/** Options of `basic()`. */
export interface BasicOptions<Optional extends boolean> extends SchemeOptions<Optional> {
  /** Names what is protected: browsers show it, and keep one password for each. Default: `Restricted`. */
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

/** "The user-id and password MUST NOT contain any control characters", and the first colon ends the user-id (§2). */
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
