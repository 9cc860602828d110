/** The request and the answer of OAuth 2.0's password flow: what `form()` reads at the `tokenUrl`, and what it gives back (RFC 6749 §4.3, §5.1). */
import { z } from 'zod'

/**
 * The model of the token request of the password flow (RFC 6749 §4.3.2). The form that clients of the password flow send: `body:
 * form(PasswordGrant)`.
 */
export const PasswordGrant = z
  .object({
    grant_type: z.literal('password').optional(),
    // A form field that is sent empty is absent.
    username: z.string().min(1),
    password: z.string().min(1).meta({ format: 'password' }),
    scope: z.string().default('').describe('The scopes that the client asks for, separated by spaces'),
    client_id: z.string().optional(),
    client_secret: z.string().optional(),
  })
  .meta({ id: 'PasswordGrant' })

/** The model of the token response of OAuth 2.0 (RFC 6749 §5.1). The answer to a granted request: `responses: { 200: AccessToken }`. */
export const AccessToken = z
  .object({
    access_token: z.string(),
    token_type: z.literal('bearer'),
    expires_in: z.int().optional().describe('Lifetime of the token in seconds'),
    refresh_token: z.string().optional(),
    scope: z.string().optional().describe('The granted scopes, separated by spaces, where they are not those that were asked for'),
  })
  .meta({ id: 'AccessToken' })
