/** The tags of all articles. */
import { sql } from 'drizzle-orm'
import { get } from 'riposte'
import { z } from 'zod'
import type { Database } from './database.ts'
import { articles } from './schema.ts'

export function tagRoutes(db: Database) {
  const listTags = get('/tags', { tags: ['tags'], responses: { 200: z.object({ tags: z.array(z.string()) }) } }, async () => {
    const rows = await db.selectDistinct({ tag: sql<string>`unnest(${articles.tagList})` }).from(articles)
    return { tags: rows.map(({ tag }) => tag).toSorted() }
  })
  return { listTags }
}
