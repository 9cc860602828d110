/** Bearer tokens that an authorization server gives out: OAuth 2.0 (RFC 6749) and OpenID Connect. */
import { z } from 'zod'
import type { SecurityScheme } from '../contract/security.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { defineBearer, type BearerOptions } from './authorization.ts'
import type { Credentials, SchemeOptions } from './scheme.ts'

/** One way to get a token (OpenAPI 3.1.1 §4.8.29). URLs may be relative to the document's. */
export interface OAuth2Flow {
  /** Where a client renews its token. Default: none. */
  readonly refreshUrl?: string
  /** The description of each scope, by the name of the scope. Routes may require these scopes. */
  readonly scopes: Readonly<Record<string, string>>
}

/** The OAuth 2.0 flows that clients may use. */
export interface OAuth2Flows {
  /** The client sends the user's name and password. Only for first-party clients. `PasswordGrant` is the model of the form. */
  readonly password?: OAuth2Flow & { readonly tokenUrl: string }
  readonly authorizationCode?: OAuth2Flow & { readonly authorizationUrl: string; readonly tokenUrl: string }
  readonly clientCredentials?: OAuth2Flow & { readonly tokenUrl: string }
  /** Deprecated by RFC 9700. */
  readonly implicit?: OAuth2Flow & { readonly authorizationUrl: string }
}

/** Options of `oauth2()`. */
export interface OAuth2Options<Optional extends boolean> extends SchemeOptions<Optional> {
  readonly flows: OAuth2Flows
  /** The name of the protected area, for `WWW-Authenticate`. Default: none. */
  readonly realm?: string
}

/** Reads a bearer token that OAuth 2.0 issued (RFC 6749). The credentials are the token. Throws a `DeclarationError` if no flow is declared. */
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

/** Reads a bearer token of an OpenID provider. `url` is the URL of the discovery document: `https://login.example/.well-known/openid-configuration`. */
export function openIdConnect<const Optional extends boolean = false>(
  url: string,
  options: OpenIdConnectOptions<Optional> = {},
): SecurityScheme<Credentials<string, Optional>> {
  return defineBearer('openIdConnect', { type: 'openIdConnect', openIdConnectUrl: url }, options)
}

/** The model of the token request of the password flow (RFC 6749 §4.3.2). The form of the route at `tokenUrl`: `body: form(PasswordGrant)`. */
export const PasswordGrant = z
  .object({
    grant_type: z.literal('password').optional(),
    // A form field that is sent empty is absent.
    username: z.string().min(1),
    password: z.string().min(1).meta({ format: 'password' }),
    scope: z.string().default('').describe('The requested scopes, separated by spaces'),
    client_id: z.string().optional(),
    client_secret: z.string().optional(),
  })
  .meta({ id: 'PasswordGrant' })

/** The model of the token response of OAuth 2.0 (RFC 6749 §5.1). The response of that route: `responses: { 200: AccessToken }`. */
export const AccessToken = z
  .object({
    access_token: z.string(),
    token_type: z.literal('bearer'),
    expires_in: z.int().optional().describe('Lifetime of the token in seconds'),
    refresh_token: z.string().optional(),
    scope: z.string().optional().describe('The granted scopes, separated by spaces, if they differ from the requested scopes'),
  })
  .meta({ id: 'AccessToken' })
