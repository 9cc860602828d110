/** Reads the credentials before a dependency with `security` runs, and adds the scheme's challenge (`WWW-Authenticate`) to a 401 or 403. */
import { isHTTPError, type HTTPError } from '../errors/http-error.ts'
import type { Incoming } from '../http/incoming.ts'
import { after, attempt } from '../maybe-promise.ts'
import type { StagedResponse } from '../reply/staged.ts'
import { StatusResult } from './result.ts'
import { InsufficientScope, Unauthorized, type CredentialsReading, type Refusal, type SecurityScheme } from './security.ts'

/** What a guard needs of a request's exchange. */
export interface GuardedExchange {
  readonly incoming: Incoming
  readonly response: StagedResponse
  /** Whether a dependency has read the scopes that the route requires. */
  hasReadScopes: boolean
}

export interface Guard {
  /** Throws an `Unauthorized` if the request has no credentials, or malformed ones. */
  admit(exchange: GuardedExchange): void
  /** Runs the dependency with the credentials in its context. */
  run(exchange: GuardedExchange, makeContext: () => object, provide: (context: object) => unknown): unknown
}

type Given = Exclude<CredentialsReading<unknown>, string>

const INVALID: Refusal = { error: 'invalid_token' }

export function compileGuard({ read, challenge }: SecurityScheme, scopes: readonly string[]): Guard {
  function stage(exchange: GuardedExchange, refusal?: Refusal, by?: SecurityScheme): void {
    const value = challenge(refusal, by)
    // An error discards staged headers, except those marked `always`.
    if (value !== undefined) exchange.response.headers.append('www-authenticate', value, { always: true })
  }

  function readCredentials(exchange: GuardedExchange): Given {
    const reading = read(exchange.incoming)
    if (typeof reading === 'object') return reading
    // "If the request lacks any authentication information … the resource server SHOULD NOT include an error code" (RFC 6750 §3.1).
    stage(exchange, reading === 'missing' ? undefined : INVALID)
    throw new Unauthorized()
  }

  return {
    admit(exchange) {
      readCredentials(exchange)
    },
    run(exchange, makeContext, provide) {
      const { credentials, by } = readCredentials(exchange)
      const refusal = credentials === undefined ? undefined : INVALID
      const provided = attempt(
        () => provide(withSecurity(makeContext(), credentials, scopes, exchange)),
        (thrown) => {
          if (isHTTPError(thrown) && !hasChallenge(thrown)) {
            if (thrown.status === 401) stage(exchange, refusal, by)
            else if (thrown instanceof InsufficientScope) stage(exchange, { error: 'insufficient_scope', scope: scopes.join(' ') }, by)
          }
          throw thrown
        },
      )
      return after(provided, (value) => {
        if (value instanceof StatusResult && value.status === 401) stage(exchange, refusal, by)
        return value
      })
    },
  }
}

function hasChallenge({ headers }: HTTPError): boolean {
  return Object.keys(headers).some((name) => name.toLowerCase() === 'www-authenticate')
}

function withSecurity(context: object, credentials: unknown, scopes: readonly string[], exchange: GuardedExchange): object {
  return Object.defineProperties(context, {
    credentials: { value: credentials, enumerable: true },
    scopes: {
      enumerable: true,
      get() {
        exchange.hasReadScopes = true
        return scopes
      },
    },
  })
}
