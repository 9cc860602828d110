/** What users do with their own account, and how they get one. */
import { eq } from 'drizzle-orm'
import { del, get, patch, post } from 'riposte'
import type { Access } from './access.ts'
import { insertUser, isTaken, setPassword } from './accounts.ts'
import type { Database } from './database.ts'
import { EmailExists, EmailTaken, SamePassword, SuperuserStays, WrongPassword } from './errors.ts'
import { Message, UpdatePassword, UserPublic, UserRegister, UserUpdateMe } from './models.ts'
import { isPassword } from './password.ts'
import { users } from './schema.ts'

const tags = ['users']

export function ownUserRoutes(db: Database, { currentUser }: Access) {
  const readUserMe = get('/me', { tags, dependencies: { currentUser }, responses: { 200: UserPublic } }, ({ currentUser }) => currentUser)

  const updateUserMe = patch(
    '/me',
    { tags, dependencies: { currentUser }, body: UserUpdateMe, responses: { 200: UserPublic }, errors: [EmailTaken] },
    async ({ body, currentUser, fail }) => {
      if (body.email !== undefined && (await isTaken(db, body.email, currentUser.id))) throw fail(EmailTaken)
      if (Object.keys(body).length === 0) return currentUser
      const [updated] = await db.update(users).set(body).where(eq(users.id, currentUser.id)).returning()
      return updated!
    },
  )

  const updatePasswordMe = patch(
    '/me/password',
    { tags, dependencies: { currentUser }, body: UpdatePassword, responses: { 200: Message }, errors: [WrongPassword, SamePassword] },
    async ({ body: { current_password, new_password }, currentUser, fail }) => {
      if (!(await isPassword(current_password, currentUser.password_hash))) throw fail(WrongPassword)
      if (current_password === new_password) throw fail(SamePassword)
      await setPassword(db, currentUser.id, new_password)
      return { message: 'Password updated' }
    },
  )

  const deleteUserMe = del(
    '/me',
    { tags, dependencies: { currentUser }, responses: { 200: Message }, errors: [SuperuserStays] },
    async ({ currentUser, fail }) => {
      if (currentUser.is_superuser) throw fail(SuperuserStays)
      await db.delete(users).where(eq(users.id, currentUser.id))
      return { message: 'User deleted' }
    },
  )

  const registerUser = post(
    '/signup',
    { tags, body: UserRegister, responses: { 200: UserPublic }, errors: [EmailExists] },
    async ({ body, fail }) => {
      const created = await insertUser(db, body)
      if (created === undefined) throw fail(EmailExists)
      return created
    },
  )

  return { readUserMe, updateUserMe, updatePasswordMe, deleteUserMe, registerUser }
}
