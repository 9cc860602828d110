/** The app's state, in memory: users, the mail that went out, and what routes logged about themselves. */

export interface UserRow {
  readonly id: number
  readonly email: string
  readonly name: string
  readonly created_at: Date
  readonly password_hash: string
  readonly is_admin: boolean
}

export interface Mail {
  readonly to: string
  readonly subject: string
  readonly body: string
}

const SEEDED = 45
const HOUR_MS = 3_600_000
const START = Date.parse('2024-01-01T00:00:00Z')

const SPECIAL: Readonly<Record<number, Partial<UserRow>>> = {
  2: { name: 'Zoë 日本 🚀' },
  3: { name: '</script><b>"q" \\ / \u2028\u2029\t&\'' },
  4: { created_at: new Date('2024-02-29T23:59:59.123Z') },
}

const seed = (id: number): UserRow => ({
  id,
  email: `user${id}@example.com`,
  name: `User ${id}`,
  created_at: new Date(START + id * HOUR_MS),
  password_hash: `hash-secret-${id}`,
  is_admin: false,
  ...SPECIAL[id],
})

/** In the order of their ids. */
const users = new Map<number, UserRow>()
const entries = new Map<string, string[]>()
let lastId = 0

export const outbox: Mail[] = []

export function reset(): void {
  users.clear()
  entries.clear()
  outbox.length = 0
  for (let id = 1; id <= SEEDED; id++) users.set(id, seed(id))
  lastId = SEEDED
}

export const listUsers = (): readonly UserRow[] => [...users.values()]

export const findUser = (id: number): UserRow | undefined => users.get(id)

export const isTaken = (email: string): boolean => listUsers().some((user) => user.email === email)

export function createUser(email: string, name: string, password: string | null): UserRow {
  const user = { ...seed(++lastId), email, name, created_at: new Date(), password_hash: `hash-secret-${password}` }
  users.set(user.id, user)
  return user
}

export const deleteUser = (id: number): boolean => users.delete(id)

export const readLog = (key: string): readonly string[] => entries.get(key) ?? []

export function log(key: string, entry: string): void {
  entries.set(key, [...readLog(key), entry])
}

/** Replaces all that was logged under the key. */
export function setLog(key: string, ...all: readonly string[]): void {
  entries.set(key, [...all])
}

reset()
