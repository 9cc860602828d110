/** What every server answers with: rows as a database gives them. */
export interface UserRow {
  id: number
  email: string
  name: string
  password_hash: string
  created_at: Date
  is_admin: boolean
}

export function userRow(index: number): UserRow {
  return {
    id: index,
    email: `user${index}@example.com`,
    name: `User Number ${index}`,
    password_hash: `$2b$12$${'x'.repeat(40)}${index}`,
    created_at: new Date(1_704_067_200_000 + index * 3_600_123),
    is_admin: false,
  }
}

export const users: readonly UserRow[] = Array.from({ length: 4_500 }, (_, index) => userRow(index + 1))

export const TEXT = 'You are on the new path'

export interface PageOfRows {
  items: UserRow[]
  total: number
  page: number
  size: number
  pages: number
}

export function pageOf(page: number, size: number): PageOfRows {
  const start = (page - 1) * size
  return { items: users.slice(start, start + size), total: users.length, page, size, pages: Math.ceil(users.length / size) }
}

export function findUser(id: number): UserRow | undefined {
  return users[id - 1]
}

/** By hand: what a careful author writes where no framework filters. */
export function publicUser({ id, email, name, created_at }: UserRow) {
  return { id, email, name, created_at }
}

export const port = Number(process.env['PORT'])
