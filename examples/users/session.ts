/** Sessions: log in, log out, and the dependency that knows who is asking. */
import { and, eq, gt } from 'drizzle-orm'
import { randomUUID } from 'node:crypto'
import { dependency, get, post } from 'riposte'
import { apiKey, Unauthorized } from 'riposte/security'
import { z } from 'zod'
import type { Database } from './database.ts'
import { Credentials, Status, User, WrongCredentials } from './models.ts'
import { isPassword } from './password.ts'
import { sessions, users } from './schema.ts'

const SESSION_SECONDS = 3600

export function sessionRoutes(db: Database) {
  /** Each route that uses it answers 401 without a session: in the document too, and in the client's types. */
  const currentUser = dependency({ security: apiKey({ in: 'cookie', name: 'session_id' }) }, async ({ credentials, fail }) => {
    const [found] = await db
      .select()
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.user_id))
      .where(and(eq(sessions.id, credentials), gt(sessions.expires_at, new Date())))
    if (found === undefined) throw fail(Unauthorized)
    return found.users
  })

  const login = post(
    '/login',
    {
      body: Credentials,
      responses: { 200: { body: Status, cookies: { session_id: z.string() } } },
      errors: [WrongCredentials],
    },
    async ({ body: { email, password }, reply, fail }) => {
      const [user] = await db.select().from(users).where(eq(users.email, email))
      if (!(await isPassword(password, user?.password_hash ?? '')) || user === undefined) throw fail(WrongCredentials)
      const session_id = randomUUID()
      const expires_at = new Date(Date.now() + SESSION_SECONDS * 1000)
      await db.insert(sessions).values({ id: session_id, user_id: user.id, expires_at })
      const cookie = { value: session_id, httpOnly: true, secure: true, sameSite: 'lax', maxAge: SESSION_SECONDS } as const
      return reply(200, { status: 'logged_in' }, { cookies: { session_id: cookie } })
    },
  )

  const getMe = get('/me', { dependencies: { currentUser }, responses: { 200: User } }, ({ currentUser }) => currentUser)

  const logout = post(
    '/logout',
    {
      cookies: { session_id: z.string().optional() },
      responses: { 200: { body: Status, cookies: { session_id: z.string().optional() } } },
    },
    async ({ cookies: { session_id = '' }, response }) => {
      await db.delete(sessions).where(eq(sessions.id, session_id))
      response.cookies.delete('session_id', { httpOnly: true, secure: true })
      return { status: 'logged_out' }
    },
  )

  return { login, getMe, logout }
}
