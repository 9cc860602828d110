/** How users are stored: with a hash of their password, and one address each. */
import { and, eq, ne } from 'drizzle-orm'
import type { Database } from './database.ts'
import { hashPassword } from './password.ts'
import { users } from './schema.ts'

type NewUser = Omit<typeof users.$inferInsert, 'password_hash'> & { readonly password: string }

/** `undefined` where a user has the address already. */
export async function insertUser(db: Database, { password, ...fields }: NewUser) {
  const [created] = await db
    .insert(users)
    .values({ ...fields, password_hash: await hashPassword(password) })
    .onConflictDoNothing()
    .returning()
  return created
}

export async function setPassword(db: Database, id: string, password: string): Promise<void> {
  await db
    .update(users)
    .set({ password_hash: await hashPassword(password) })
    .where(eq(users.id, id))
}

/** Whether a user other than `id` has the address. */
export async function isTaken(db: Database, email: string, id: string): Promise<boolean> {
  const others = await db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.email, email), ne(users.id, id)))
  return others.length > 0
}
