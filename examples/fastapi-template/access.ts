/** Who is asking: a JSON Web Token of OAuth 2.0's password flow. */
import { eq } from 'drizzle-orm'
import { decodeJwt, jwtVerify, SignJWT } from 'jose'
import { dependency } from 'riposte'
import { oauth2 } from 'riposte/security'
import type { Database } from './database.ts'
import { InactiveUser, InvalidToken, NotSuperuser, UserNotFound } from './errors.ts'
import { users } from './schema.ts'

const ALGORITHM = 'HS256'
const ACCESS_LIFETIME = '8 days'
const RESET_LIFETIME = '48 hours'
const RESET_AUDIENCE = 'password-reset'

export type UserRow = typeof users.$inferSelect
export type Access = ReturnType<typeof createAccess>

export function createAccess(db: Database, secret: string) {
  const encoder = new TextEncoder()
  const key = encoder.encode(secret)
  /** It changes with the password, so that a token resets it once. */
  const resetKey = ({ password_hash }: UserRow) => encoder.encode(`${secret}:${password_hash}`)

  const scheme = oauth2({
    schemeName: 'OAuth2PasswordBearer',
    flows: { password: { tokenUrl: '/api/v1/login/access-token', scopes: {} } },
  })

  async function findUser(id: string | undefined): Promise<UserRow | undefined> {
    if (id === undefined) return undefined
    const [user] = await db.select().from(users).where(eq(users.id, id))
    return user
  }

  /** A guard: without a token the request ends with 401, before its body is read. */
  const currentUser = dependency(
    { security: scheme, errors: [InvalidToken, UserNotFound, InactiveUser] },
    async ({ credentials, fail }) => {
      const verified = await jwtVerify(credentials, key, { algorithms: [ALGORITHM], requiredClaims: ['sub', 'exp'] }).catch(() => undefined)
      if (verified === undefined) throw fail(InvalidToken)
      const user = await findUser(verified.payload.sub)
      if (user === undefined) throw fail(UserNotFound)
      if (!user.is_active) throw fail(InactiveUser)
      return user
    },
  )

  /** A guard that lets superusers in only. */
  const superuser = dependency({ dependencies: { currentUser }, errors: [NotSuperuser] }, ({ currentUser, fail }) => {
    if (!currentUser.is_superuser) throw fail(NotSuperuser)
    return currentUser
  })

  const createAccessToken = ({ id }: UserRow) =>
    new SignJWT().setProtectedHeader({ alg: ALGORITHM }).setSubject(id).setExpirationTime(ACCESS_LIFETIME).sign(key)

  const createResetToken = (user: UserRow) =>
    new SignJWT()
      .setProtectedHeader({ alg: ALGORITHM })
      .setSubject(user.id)
      .setAudience(RESET_AUDIENCE)
      .setExpirationTime(RESET_LIFETIME)
      .sign(resetKey(user))

  /** `undefined` where the token is not one that this user's password may be reset with. */
  async function findByResetToken(token: string): Promise<UserRow | undefined> {
    try {
      const user = await findUser(decodeJwt(token).sub)
      if (user === undefined) return undefined
      await jwtVerify(token, resetKey(user), { algorithms: [ALGORITHM], audience: RESET_AUDIENCE })
      return user
    } catch {
      return undefined
    }
  }

  return { currentUser, superuser, createAccessToken, createResetToken, findByResetToken }
}
