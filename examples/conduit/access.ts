/** Who is asking: a JSON Web Token in `Authorization: Token …`. */
import { eq } from 'drizzle-orm'
import { jwtVerify, SignJWT } from 'jose'
import { dependency } from 'riposte'
import { z } from 'zod'
import type { Database } from './database.ts'
import { TokenInvalid, TokenMissing } from './errors.ts'
import { users } from './schema.ts'

const ALGORITHM = 'HS256'
const LIFETIME = '7 days'

export type UserRow = typeof users.$inferSelect
export type Access = ReturnType<typeof createAccess>

export function createAccess(db: Database, secret: string) {
  const key = new TextEncoder().encode(secret)

  const createToken = (user: UserRow) =>
    new SignJWT().setProtectedHeader({ alg: ALGORITHM }).setSubject(String(user.id)).setIssuedAt().setExpirationTime(LIFETIME).sign(key)

  async function findByToken(token: string): Promise<UserRow | undefined> {
    const verified = await jwtVerify(token, key, { algorithms: [ALGORITHM] }).catch(() => undefined)
    const id = Number(verified?.payload.sub)
    if (!Number.isInteger(id)) return undefined
    const [user] = await db.select().from(users).where(eq(users.id, id))
    return user
  }

  /** The user, or `undefined` where no token was sent. */
  const viewer = dependency(
    { headers: { authorization: z.string().optional() }, errors: [TokenInvalid] },
    async ({ headers: { authorization }, fail }) => {
      if (authorization === undefined) return undefined
      const [, token] = /^(?:Token|Bearer) +(\S+)$/i.exec(authorization) ?? []
      const user = token === undefined ? undefined : await findByToken(token)
      if (user === undefined) throw fail(TokenInvalid)
      return user
    },
  )

  /** A guard: without a user the request ends here. */
  const currentUser = dependency({ dependencies: { viewer }, errors: [TokenMissing] }, ({ viewer, fail }) => {
    if (viewer === undefined) throw fail(TokenMissing)
    return viewer
  })

  return { createToken, viewer, currentUser }
}
