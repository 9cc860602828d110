/** For those who run the app: counts, in the text format of Prometheus, for a scraper with a password. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { dependency, get, problem, text } from 'riposte'
import { basic, Unauthorized } from 'riposte/security'
import type { Database } from './database.ts'
import { articles, comments, users } from './schema.ts'

const digest = (value: string) => createHash('sha256').update(value).digest()

export function operatingRoutes(db: Database, password: string) {
  const expected = digest(password)
  const scraper = dependency({ security: basic({ realm: 'Metrics' }) }, ({ credentials, fail }) => {
    if (!timingSafeEqual(digest(credentials.password), expected)) throw fail(Unauthorized)
  })

  const getMetrics = get(
    '/metrics',
    { tags: ['operating'], dependencies: { scraper }, responses: { 200: text() }, errorBody: problem() },
    async () => {
      const counts = Object.entries({ users, articles, comments }).map(
        async ([name, table]) => `conduit_${name} ${await db.$count(table)}\n`,
      )
      return (await Promise.all(counts)).join('')
    },
  )

  return { getMetrics }
}
