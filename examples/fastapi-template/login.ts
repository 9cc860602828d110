/** Log in, test a token, recover and reset a password. */
import { eq } from 'drizzle-orm'
import { createRouter, form, html, post } from 'riposte'
import { AccessToken, PasswordGrant } from 'riposte/security'
import { z } from 'zod'
import type { Access } from './access.ts'
import { setPassword } from './accounts.ts'
import type { Database } from './database.ts'
import { InactiveUser, InvalidResetToken, UserNotFound, WrongLogin } from './errors.ts'
import { send, toResetMail } from './mail.ts'
import { Message, NewPassword, UserPublic } from './models.ts'
import { isPassword } from './password.ts'
import { users } from './schema.ts'
import type { Settings } from './settings.ts'

const tags = ['login']
const email = z.email()

/** Under the name that FastAPI gives it, which the frontend imports. */
const LoginForm = PasswordGrant.meta({ id: 'Body_login_login_access_token' })

export function loginRoutes(
  db: Database,
  { currentUser, superuser, createAccessToken, createResetToken, findByResetToken }: Access,
  settings: Settings,
) {
  async function findByEmail(address: string) {
    const [user] = await db.select().from(users).where(eq(users.email, address))
    return user
  }

  const loginAccessToken = post(
    '/login/access-token',
    {
      tags,
      description: 'The password flow of OAuth 2.0. The user name is the email address.',
      body: form(LoginForm),
      responses: { 200: AccessToken },
      errors: [WrongLogin, InactiveUser],
    },
    async ({ body: { username, password }, response, fail }) => {
      const user = await findByEmail(username)
      // The hash is computed for unknown users too: the time does not tell which addresses are known.
      if (!(await isPassword(password, user?.password_hash ?? '')) || user === undefined) throw fail(WrongLogin)
      if (!user.is_active) throw fail(InactiveUser)
      response.headers.set('Cache-Control', 'no-store') // RFC 6749 §5.1
      return { access_token: await createAccessToken(user), token_type: 'bearer' as const }
    },
  )

  const testToken = post(
    '/login/test-token',
    { tags, dependencies: { currentUser }, responses: { 200: UserPublic } },
    ({ currentUser }) => currentUser,
  )

  const recoverPassword = post(
    '/password-recovery/{email}',
    {
      tags,
      description: 'Sends a mail with a link. The answer is the same for unknown addresses.',
      params: { email },
      responses: { 200: Message },
    },
    async ({ params }) => {
      const user = await findByEmail(params.email)
      if (user !== undefined) await send(db, user.email, toResetMail(settings, user.email, await createResetToken(user)))
      return { message: 'If a user has this email, a link was sent to it' }
    },
  )

  const resetPassword = post(
    '/reset-password/',
    { tags, body: NewPassword, responses: { 200: Message }, errors: [InvalidResetToken, InactiveUser] },
    async ({ body: { token, new_password }, fail }) => {
      const user = await findByResetToken(token)
      if (user === undefined) throw fail(InvalidResetToken)
      if (!user.is_active) throw fail(InactiveUser)
      await setPassword(db, user.id, new_password)
      return { message: 'Password updated' }
    },
  )

  const recoverPasswordHtmlContent = post(
    '/password-recovery-html-content/{email}',
    {
      tags,
      description: 'The mail as the user would get it, for superusers.',
      params: { email },
      dependencies: { superuser },
      responses: { 200: { body: html(), headers: { Subject: z.string() } } },
      errors: [UserNotFound],
    },
    async ({ params, fail, reply }) => {
      const user = await findByEmail(params.email)
      if (user === undefined) throw fail(UserNotFound)
      const mail = toResetMail(settings, user.email, await createResetToken(user))
      return reply(200, mail.html, { headers: { Subject: mail.subject } })
    },
  )

  return createRouter().add({ loginAccessToken, testToken, recoverPassword, resetPassword, recoverPasswordHtmlContent })
}
