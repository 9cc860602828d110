/** Bearer tokens (RFC 6750), alone and as what OAuth 2.0 and OpenID Connect give out. */
import type { SecurityScheme, SecuritySchemeObject } from '../contract/security.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { readAuthorization } from './authorization.ts'
import { defineScheme, formatChallenge, type Credentials, type SchemeOptions } from './scheme.ts'

/** Options of `bearer()`. */
export interface BearerOptions<Optional extends boolean> extends SchemeOptions<Optional> {
  /** What the token is, for readers of the document: `JWT`. Default: not said. */
  readonly format?: string
  /** Names what is protected, in `WWW-Authenticate`. Default: none. */
  readonly realm?: string
}

/** Reads a bearer token (RFC 6750). `Authorization: Bearer <token>`: the credentials are the token (RFC 6750 §2.1). */
export function bearer<const Optional extends boolean = false>(
  options: BearerOptions<Optional> = {},
): SecurityScheme<Credentials<string, Optional>> {
  const { format } = options
  return defineBearer('bearer', { type: 'http', scheme: 'bearer', ...(format !== undefined && { bearerFormat: format }) }, options)
}

/** One way to get a token (OpenAPI 3.1.1 §4.8.29). URLs may be relative to the document's. */
export interface OAuth2Flow {
  /** Where a client renews its token. Default: not said. */
  readonly refreshUrl?: string
  /** What each scope permits, by its name. Routes may require these. */
  readonly scopes: Readonly<Record<string, string>>
}

/** The OAuth 2.0 flows that clients may use. */
export interface OAuth2Flows {
  /** The user gives the client name and password: for first-party clients. `PasswordGrant` is the form. */
  readonly password?: OAuth2Flow & { readonly tokenUrl: string }
  readonly authorizationCode?: OAuth2Flow & { readonly authorizationUrl: string; readonly tokenUrl: string }
  readonly clientCredentials?: OAuth2Flow & { readonly tokenUrl: string }
  /** Deprecated by RFC 9700. */
  readonly implicit?: OAuth2Flow & { readonly authorizationUrl: string }
}

/** Options of `oauth2()`. */
export interface OAuth2Options<Optional extends boolean> extends SchemeOptions<Optional> {
  readonly flows: OAuth2Flows
  /** Names what is protected, in `WWW-Authenticate`. Default: none. */
  readonly realm?: string
}

/** A bearer token that OAuth 2.0 gave out: the credentials are the token (RFC 6749). Throws a `DeclarationError` without a flow. */
export function oauth2<const Optional extends boolean = false>(
  options: OAuth2Options<Optional>,
): SecurityScheme<Credentials<string, Optional>> {
  const { flows } = options
  const declared = Object.values(flows) as readonly OAuth2Flow[]
  if (declared.length === 0)
    throw new DeclarationError('OAUTH_FLOWS', 'oauth2() flows', 'expected at least one flow, got none', 'Declare how a client gets a token')
  return defineBearer('oauth2', { type: 'oauth2', flows }, options, new Set(declared.flatMap(({ scopes }) => Object.keys(scopes))))
}

/** Options of `openIdConnect()`. */
export type OpenIdConnectOptions<Optional extends boolean> = Omit<BearerOptions<Optional>, 'format'>

/** A bearer token of an OpenID provider. `url` is that of its discovery document: `https://login.example/.well-known/openid-configuration`. */
export function openIdConnect<const Optional extends boolean = false>(
  url: string,
  options: OpenIdConnectOptions<Optional> = {},
): SecurityScheme<Credentials<string, Optional>> {
  return defineBearer('openIdConnect', { type: 'openIdConnect', openIdConnectUrl: url }, options)
}

function defineBearer<Optional extends boolean>(
  schemeName: string,
  object: SecuritySchemeObject,
  options: OpenIdConnectOptions<Optional>,
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
