/** What superusers do with users. */
import { asc, desc, eq } from 'drizzle-orm'
import { createRouter, del, get, patch, post } from 'riposte'
import { z } from 'zod'
import type { Access } from './access.ts'
import { insertUser, isTaken } from './accounts.ts'
import type { Database } from './database.ts'
import { EmailExists, EmailTaken, NotSuperuser, SuperuserStays, UserNotFound } from './errors.ts'
import { send, toWelcomeMail } from './mail.ts'
import { ListQuery, Message, UserCreate, UserPublic, UsersPublic, UserUpdate } from './models.ts'
import { ownUserRoutes } from './own-user.ts'
import { hashPassword } from './password.ts'
import { users } from './schema.ts'
import type { Settings } from './settings.ts'

const tags = ['users']
const params = { user_id: z.uuid() }

export function userRoutes(db: Database, access: Access, settings: Settings) {
  const { currentUser, superuser } = access

  async function findUser(id: string) {
    const [user] = await db.select().from(users).where(eq(users.id, id))
    return user
  }

  const readUsers = get(
    '/',
    { tags, dependencies: { superuser }, query: ListQuery, responses: { 200: UsersPublic } },
    async ({ query: { skip, limit } }) => ({
      data: await db.select().from(users).orderBy(desc(users.created_at), asc(users.id)).offset(skip).limit(limit),
      count: await db.$count(users),
    }),
  )

  const createUser = post(
    '/',
    { tags, dependencies: { superuser }, body: UserCreate, responses: { 200: UserPublic }, errors: [EmailExists] },
    async ({ body, fail }) => {
      const created = await insertUser(db, body)
      if (created === undefined) throw fail(EmailExists)
      await send(db, created.email, toWelcomeMail(settings, created.email))
      return created
    },
  )

  const readUserById = get(
    '/{user_id}',
    { tags, dependencies: { currentUser }, params, responses: { 200: UserPublic }, errors: [NotSuperuser, UserNotFound] },
    async ({ params: { user_id }, currentUser, fail }) => {
      if (user_id === currentUser.id) return currentUser
      if (!currentUser.is_superuser) throw fail(NotSuperuser)
      const user = await findUser(user_id)
      if (user === undefined) throw fail(UserNotFound)
      return user
    },
  )

  const updateUser = patch(
    '/{user_id}',
    { tags, dependencies: { superuser }, params, body: UserUpdate, responses: { 200: UserPublic }, errors: [UserNotFound, EmailTaken] },
    async ({ params: { user_id }, body: { password, ...fields }, fail }) => {
      const user = await findUser(user_id)
      if (user === undefined) throw fail(UserNotFound)
      if (fields.email !== undefined && (await isTaken(db, fields.email, user_id))) throw fail(EmailTaken)
      const password_hash = password === undefined ? user.password_hash : await hashPassword(password)
      const [updated] = await db
        .update(users)
        .set({ ...fields, password_hash })
        .where(eq(users.id, user_id))
        .returning()
      return updated!
    },
  )

  const deleteUser = del(
    '/{user_id}',
    { tags, dependencies: { superuser }, params, responses: { 200: Message }, errors: [UserNotFound, SuperuserStays] },
    async ({ params: { user_id }, superuser, fail }) => {
      if (user_id === superuser.id) throw fail(SuperuserStays)
      const deleted = await db.delete(users).where(eq(users.id, user_id)).returning()
      if (deleted.length === 0) throw fail(UserNotFound)
      return { message: 'User deleted' }
    },
  )

  return createRouter({ prefix: '/users' }).add({
    readUsers,
    createUser,
    ...ownUserRoutes(db, access),
    readUserById,
    updateUser,
    deleteUser,
  })
}
