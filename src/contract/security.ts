/** Security schemes of dependencies (RFC 9110 §11): their types and errors, and the guard that reads credentials and adds the challenge to a 401 or 403. */
import { defineError, type AnyErrorClass } from '../errors/define-error.ts'
import { isHTTPError, type HTTPError } from '../errors/http-error.ts'
import type { Incoming } from '../http/incoming.ts'
import { after, attempt } from '../maybe-promise.ts'
import type { StagedResponse } from '../reply/staged.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { StatusResult } from './result.ts'

/** A Security Scheme Object (OpenAPI 3.1.1 §4.8.27). */
export interface SecuritySchemeObject {
  readonly type: 'http' | 'apiKey' | 'oauth2' | 'openIdConnect'
  readonly description?: string
  readonly scheme?: 'basic' | 'bearer'
  readonly bearerFormat?: string
  readonly in?: 'header' | 'query' | 'cookie'
  readonly name?: string
  readonly flows?: object
  readonly openIdConnectUrl?: string
}

/** The credentials of a request. `malformed`: the request uses the scheme, but does not follow its grammar. */
export type CredentialsReading<Credentials> =
  | { readonly credentials: Credentials; /** The one of several alternatives that the client used. */ readonly by?: SecurityScheme }
  | 'missing'
  | 'malformed'

/** Why credentials are refused (RFC 6750 §3.1). */
export type Refusal = { readonly error: 'invalid_token' } | { readonly error: 'insufficient_scope'; readonly scope: string }

/** The parts of a request that may hold credentials. A context has them too. */
export type CredentialsSource = Pick<Incoming, 'header' | 'search'>

/** A way for clients to authenticate: `bearer()`, `basic()`, `apiKey()`, `oauth2()`, `openIdConnect()`. */
export interface SecurityScheme<Credentials = unknown> {
  /** Its key in `components.securitySchemes` of the OpenAPI document. */
  readonly schemeName: string
  readonly object: SecuritySchemeObject
  /** Schemes of which a request must satisfy one. The OpenAPI document lists each of them. Default: the scheme itself. */
  readonly alternatives?: readonly SecurityScheme[]
  /** Whether a request without credentials is allowed. */
  readonly isOptional: boolean
  /** The scopes that it declares; `undefined` if it allows any. */
  readonly scopes: ReadonlySet<string> | undefined
  readonly read: (incoming: CredentialsSource) => CredentialsReading<Credentials>
  /** The `WWW-Authenticate` value for a refused request; `undefined` if the scheme has no challenge for this refusal. `by` is the alternative that the client used. */
  readonly challenge: (refusal?: Refusal, by?: SecurityScheme) => string | undefined
}

/** The members that `security` adds to a dependency's context. */
export type SecurityContext<Credentials> = [Credentials] extends [never]
  ? {}
  : {
      /** The credentials that the client sent. Only their syntax has been checked. */
      readonly credentials: Credentials
      /** The scopes that the route requires. Throw `fail(InsufficientScope)` if the client was not granted all of them. */
      readonly scopes: readonly string[]
    }

/** A dependency with `security` must not use other dependencies under these names. */
export const SECURITY_MEMBERS: ReadonlySet<string> = new Set<keyof SecurityContext<string>>(['credentials', 'scopes'])

/** 401: the request has no credentials, or they are not valid. Every dependency with `security` may throw it: `throw fail(Unauthorized)`. */
export const Unauthorized = defineError('UNAUTHORIZED', {
  status: 401,
  detail: 'This operation requires valid credentials',
  description: 'Unauthorized',
})

/** 403: the credentials are valid, but a scope that the route requires was not granted: `throw fail(InsufficientScope)`. */
export const InsufficientScope = defineError('INSUFFICIENT_SCOPE', {
  status: 403,
  detail: 'The credentials were not granted every scope that this operation requires',
  description: 'Insufficient scope',
})

/** The errors that a dependency with `security` may throw without declaring them. */
export type SecurityErrors<Credentials> = [Credentials] extends [never] ? never : typeof Unauthorized | typeof InsufficientScope

/** The errors that a route has because it requires scopes. */
export function errorsOfScopes(scopes: readonly string[] = []): readonly AnyErrorClass[] {
  return scopes.length === 0 ? [] : [InsufficientScope]
}

/** Throws a `DeclarationError` for a scope that no dependency of the route could check. */
export function assertScopes(scopes: readonly string[] = [], schemes: readonly SecurityScheme[], where: string): void {
  const unknown = scopes.find((scope) => !schemes.some((scheme) => scheme.scopes?.has(scope) ?? true))
  if (unknown === undefined) return
  const got = schemes.length === 0 ? 'a route without one' : `${JSON.stringify(unknown)}, which none of its flows declares`
  throw new DeclarationError(
    'SCOPES',
    `${where} scopes`,
    `expected a scope of a dependency with security, got ${got}`,
    schemes.length === 0 ? 'Add the dependency' : 'Declare the scope in oauth2({ flows })',
  )
}

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

/** Reads the credentials before the dependency runs, and adds the scheme's challenge (`WWW-Authenticate`) to a 401 or 403. */
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
