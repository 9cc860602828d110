/** Users: create, read, list by pages, delete. */
import { eq } from 'drizzle-orm'
import { del, empty, get, Page, post } from 'riposte'
import { fromDrizzle } from 'riposte/drizzle'
import { pagination } from 'riposte/pagination'
import { z } from 'zod'
import type { Database } from './database.ts'
import { EmailTaken, User, UserCreate, UserCreated, UserId, UserNotFound } from './models.ts'
import { hashPassword } from './password.ts'
import { users } from './schema.ts'

export function userRoutes(db: Database) {
  const getUser = get(
    '/users/{user_id}',
    { params: { user_id: UserId }, responses: { 200: User }, errors: [UserNotFound] },
    async ({ params: { user_id }, fail }) => {
      const [user] = await db.select().from(users).where(eq(users.id, user_id))
      if (user === undefined) throw fail(UserNotFound, { user_id })
      return user // `password_hash` is in there. It stays here.
    },
  )

  /** The page's parameters, the `Link` header, and the fields that clients may sort by. */
  const usersPage = pagination(Page, { sort: { id: users.id, name: users.name, created_at: users.created_at }, defaultSort: 'id' })

  const listUsers = get('/users', { dependencies: { paginate: usersPage }, responses: { 200: Page(User) } }, ({ paginate }) =>
    paginate(fromDrizzle(db, db.select().from(users).orderBy(users.id))),
  )

  const createUser = post(
    '/users',
    {
      body: UserCreate,
      responses: { 201: { body: UserCreated, headers: { Location: z.string() }, description: 'User created' } },
      errors: [EmailTaken],
    },
    async ({ body: { password, ...user }, reply, fail }) => {
      const password_hash = password === undefined ? null : await hashPassword(password)
      const [created] = await db
        .insert(users)
        .values({ ...user, password_hash })
        .onConflictDoNothing({ target: users.email })
        .returning()
      if (created === undefined) throw fail(EmailTaken)
      return reply(201, { id: created.id, message: 'User created' }, { headers: { Location: `/users/${created.id}` } })
    },
  )

  const deleteUser = del(
    '/users/{user_id}',
    { params: { user_id: UserId }, responses: { 204: empty() }, errors: [UserNotFound] },
    async ({ params: { user_id }, fail }) => {
      const deleted = await db.delete(users).where(eq(users.id, user_id)).returning()
      if (deleted.length === 0) throw fail(UserNotFound, { user_id })
    },
  )

  return { getUser, listUsers, createUser, deleteUser }
}
