/** Who is asking: a JSON Web Token, as the specification sends it, `Authorization: Token …`, or as OAuth 2.0 does, `Authorization: Bearer …`. */
import { eq } from 'drizzle-orm'
import { jwtVerify, SignJWT } from 'jose'
import { dependency } from 'riposte'
import { anyOf, apiKey, oauth2, Unauthorized } from 'riposte/security'
import type { Database } from './database.ts'
import { TokenInvalid } from './errors.ts'
import { users } from './schema.ts'

const ALGORITHM = 'HS256'
export const TOKEN_SECONDS = 7 * 24 * 3600

/** The first one is the form that the docs page signs in with. */
const schemes = {
  password: oauth2({ schemeName: 'password', flows: { password: { tokenUrl: '/api/token', scopes: {} } } }),
  token: apiKey({ schemeName: 'token', in: 'header', name: 'Authorization', description: '`Token` and the JSON Web Token of the user' }),
}

export type UserRow = typeof users.$inferSelect
export type Access = ReturnType<typeof createAccess>

export function createAccess(db: Database, secret: string) {
  const key = new TextEncoder().encode(secret)

  const createToken = (user: UserRow) =>
    new SignJWT()
      .setProtectedHeader({ alg: ALGORITHM })
      .setSubject(String(user.id))
      .setIssuedAt()
      .setExpirationTime(`${TOKEN_SECONDS}s`)
      .sign(key)

  async function findByToken(token: string): Promise<UserRow | undefined> {
    const verified = await jwtVerify(token, key, { algorithms: [ALGORITHM] }).catch(() => undefined)
    const id = Number(verified?.payload.sub)
    if (!Number.isInteger(id)) return undefined
    const [user] = await db.select().from(users).where(eq(users.id, id))
    return user
  }

  /** The user, or `undefined` where no token was sent. */
  const viewer = dependency({ security: anyOf(schemes, { optional: true }), errors: [TokenInvalid] }, async ({ credentials, fail }) => {
    if (credentials === undefined) return undefined
    const user = await findByToken(credentials.credentials.replace(/^Token +/i, ''))
    if (user === undefined) throw fail(TokenInvalid)
    return user
  })

  /** A guard: without a token the request ends here, before its body is read. */
  const currentUser = dependency({ security: anyOf(schemes), dependencies: { viewer } }, ({ viewer, fail }) => {
    if (viewer === undefined) throw fail(Unauthorized)
    return viewer
  })

  return { createToken, viewer, currentUser }
}
