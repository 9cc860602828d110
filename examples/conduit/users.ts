/** Register, log in, read and change oneself. */
import { and, eq, ne, or } from 'drizzle-orm'
import { form, get, post, put, type Middleware } from 'riposte'
import { AccessToken, PasswordGrant } from 'riposte/security'
import { z } from 'zod'
import { TOKEN_SECONDS, type Access, type UserRow } from './access.ts'
import type { Database } from './database.ts'
import { EmailTaken, UsernameTaken, WrongCredentials } from './errors.ts'
import { Login, NewUser, UserEnvelope, UserUpdate } from './models.ts'
import { hashPassword, isPassword } from './password.ts'
import { users } from './schema.ts'

/** `tries` limits what a client may try with names and passwords. */
export function userRoutes(db: Database, { createToken, currentUser }: Access, tries: Middleware) {
  const toEnvelope = async (user: UserRow) => ({ user: { ...user, token: await createToken(user) } })

  /** Another user who has the name or the address. */
  async function findTaken({ id = 0, username = '', email = '' }) {
    const [other] = await db
      .select()
      .from(users)
      .where(and(ne(users.id, id), or(eq(users.username, username), eq(users.email, email))))
    if (other === undefined) return undefined
    return other.username === username ? UsernameTaken : EmailTaken
  }

  const register = post(
    '/users',
    {
      tags: ['users'],
      middleware: [tries],
      body: z.object({ user: NewUser }),
      responses: { 201: UserEnvelope },
      errors: [UsernameTaken, EmailTaken],
    },
    async ({ body: { user }, fail }) => {
      const taken = await findTaken(user)
      if (taken !== undefined) throw fail(taken)
      const { password, ...fields } = user
      const [created] = await db
        .insert(users)
        .values({ ...fields, passwordHash: await hashPassword(password) })
        .onConflictDoNothing()
        .returning()
      // Someone else was faster than the question above.
      if (created === undefined) throw fail(UsernameTaken)
      return toEnvelope(created)
    },
  )

  async function findByPassword(email: string, password: string): Promise<UserRow> {
    const [user] = await db.select().from(users).where(eq(users.email, email))
    // The hash is computed for unknown users too: the time does not tell which addresses are known.
    if (!(await isPassword(password, user?.passwordHash ?? '')) || user === undefined) throw new WrongCredentials()
    return user
  }

  const login = post(
    '/users/login',
    {
      tags: ['users'],
      middleware: [tries],
      body: z.object({ user: Login }),
      responses: { 200: UserEnvelope },
      errors: [WrongCredentials],
    },
    async ({ body: { user } }) => toEnvelope(await findByPassword(user.email, user.password)),
  )

  const createAccessToken = post(
    '/token',
    {
      tags: ['users'],
      description: 'The password flow of OAuth 2.0. The user name is the email address.',
      middleware: [tries],
      body: form(PasswordGrant),
      responses: { 200: AccessToken },
      errors: [WrongCredentials],
    },
    async ({ body: { username, password }, response }) => {
      const access_token = await createToken(await findByPassword(username, password))
      response.headers.set('Cache-Control', 'no-store') // RFC 6749 §5.1
      return { access_token, token_type: 'bearer', expires_in: TOKEN_SECONDS }
    },
  )

  const getCurrentUser = get(
    '/user',
    { tags: ['users'], dependencies: { currentUser }, responses: { 200: UserEnvelope } },
    ({ currentUser }) => toEnvelope(currentUser),
  )

  const updateCurrentUser = put(
    '/user',
    {
      tags: ['users'],
      dependencies: { currentUser },
      body: z.object({ user: UserUpdate }),
      responses: { 200: UserEnvelope },
      errors: [UsernameTaken, EmailTaken],
    },
    async ({
      body: {
        user: { password, ...fields },
      },
      currentUser,
      fail,
    }) => {
      const { username, email } = { ...currentUser, ...fields }
      const taken = await findTaken({ id: currentUser.id, username, email })
      if (taken !== undefined) throw fail(taken)
      const passwordHash = password === undefined ? currentUser.passwordHash : await hashPassword(password)
      const [updated] = await db
        .update(users)
        .set({ ...fields, passwordHash })
        .where(eq(users.id, currentUser.id))
        .returning()
      return toEnvelope(updated!)
    },
  )

  return { register, login, createAccessToken, getCurrentUser, updateCurrentUser }
}
