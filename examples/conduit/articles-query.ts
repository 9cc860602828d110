/** Articles with their authors and favorites, as one user sees them. User 0 is nobody. */
import { eq, sql } from 'drizzle-orm'
import type { Database } from './database.ts'
import { profileColumns } from './profiles.ts'
import { articles, favorites, users } from './schema.ts'

export function selectArticles(db: Database, viewerId: number) {
  return db
    .select({
      id: articles.id,
      authorId: articles.authorId,
      slug: articles.slug,
      title: articles.title,
      description: articles.description,
      body: articles.body,
      tagList: articles.tagList,
      createdAt: articles.createdAt,
      updatedAt: articles.updatedAt,
      favorited: sql<boolean>`exists (select 1 from ${favorites} where ${favorites.articleId} = ${articles.id} and ${favorites.userId} = ${viewerId})`,
      favoritesCount: sql<number>`(select count(*)::int from ${favorites} where ${favorites.articleId} = ${articles.id})`,
      author: profileColumns(viewerId),
    })
    .from(articles)
    .innerJoin(users, eq(users.id, articles.authorId))
}

export async function findArticle(db: Database, slug: string, viewerId: number) {
  const [article] = await selectArticles(db, viewerId).where(eq(articles.slug, slug))
  return article
}
