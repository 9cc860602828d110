/** Routes for those who run the app: a health check, a test mail, and users for tests. */
import { createRouter, get, post } from 'riposte'
import { z } from 'zod'
import type { Access } from './access.ts'
import { insertUser } from './accounts.ts'
import type { Database } from './database.ts'
import { EmailExists } from './errors.ts'
import { send, toTestMail } from './mail.ts'
import { Message, UserPublic, UserRegister } from './models.ts'
import type { Settings } from './settings.ts'

export function utilityRoutes(db: Database, { superuser }: Access, settings: Settings) {
  const testEmail = post(
    '/test-email/',
    { tags: ['utils'], dependencies: { superuser }, query: { email_to: z.email() }, responses: { 201: Message } },
    async ({ query: { email_to } }) => {
      await send(db, email_to, toTestMail(settings))
      return { message: 'Test email sent' }
    },
  )

  const healthCheck = get('/health-check/', { tags: ['utils'], responses: { 200: z.boolean() } }, async () => {
    await db.execute('select 1')
    return true
  })

  return createRouter({ prefix: '/utils' }).add({ testEmail, healthCheck })
}

/** Only where the environment is `local`: end-to-end tests make their users here. */
export function privateRoutes(db: Database) {
  const createPrivateUser = post(
    '/users/',
    {
      // The generator of the frontend cuts the part before the hyphen off.
      operationId: 'private-createUser',
      tags: ['private'],
      body: UserRegister,
      responses: { 200: UserPublic },
      errors: [EmailExists],
    },
    async ({ body, fail }) => {
      const created = await insertUser(db, body)
      if (created === undefined) throw fail(EmailExists)
      return created
    },
  )
  return createRouter({ prefix: '/private' }).add({ createPrivateUser })
}
