/** Where the servers are that some tests need. A machine without one skips these tests and says which variable may name another. */

/** A superuser's. */
export const DATABASE_URL = process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres'
export const REDIS_URL = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379'

/** The same server with another database. */
export function databaseUrl(name: string): string {
  const url = new URL(DATABASE_URL)
  url.pathname = `/${name}`
  return url.href
}
