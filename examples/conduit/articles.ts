/** Articles: list, feed, read, write, favorite. */
import { and, arrayContains, desc, eq, inArray, type SQL } from 'drizzle-orm'
import { randomBytes } from 'node:crypto'
import { del, dependency, empty, get, post, put } from 'riposte'
import { fromDrizzle } from 'riposte/drizzle'
import { pagination } from 'riposte/pagination'
import { z } from 'zod'
import type { Access } from './access.ts'
import { findArticle, selectArticles } from './articles-query.ts'
import type { Database } from './database.ts'
import { ArticleNotFound, NotTheAuthor } from './errors.ts'
import { ArticleEnvelope, ArticleItem, ArticleList, ArticleUpdate, NewArticle } from './models.ts'
import { articles, favorites, follows, users } from './schema.ts'

export type ArticleAccess = ReturnType<typeof createArticleAccess>

/** The article that the path names; for its author alone. */
export function createArticleAccess(db: Database, { viewer, currentUser }: Access) {
  const article = dependency(
    { params: { slug: z.string() }, dependencies: { viewer }, errors: [ArticleNotFound] },
    async ({ params: { slug }, viewer, fail }) => {
      const found = await findArticle(db, slug, viewer?.id ?? 0)
      if (found === undefined) throw fail(ArticleNotFound)
      return found
    },
  )
  const ownArticle = dependency({ dependencies: { currentUser, article }, errors: [NotTheAuthor] }, ({ currentUser, article, fail }) => {
    if (article.authorId !== currentUser.id) throw fail(NotTheAuthor)
    return article
  })
  return { article, ownArticle }
}

export function articleRoutes(db: Database, { viewer, currentUser }: Access, { article, ownArticle }: ArticleAccess) {
  const articlePage = pagination(ArticleList)

  /** The newest first. Each article has one author, so its id tells its row apart. */
  function listOf(viewerId: number, filter: SQL | undefined) {
    const query = selectArticles(db, viewerId).where(filter).orderBy(desc(articles.createdAt))
    return fromDrizzle(db, query, { key: [articles.id] })
  }

  const idOf = (username: string) => db.select({ id: users.id }).from(users).where(eq(users.username, username))

  const favoritesOf = (username: string) =>
    db
      .select({ id: favorites.articleId })
      .from(favorites)
      .where(inArray(favorites.userId, idOf(username)))

  const listArticles = get(
    '/articles',
    {
      tags: ['articles'],
      dependencies: { viewer, paginate: articlePage },
      query: { tag: z.string().optional(), author: z.string().optional(), favorited: z.string().optional() },
      responses: { 200: ArticleList(ArticleItem) },
    },
    ({ query: { tag, author, favorited }, viewer, paginate }) => {
      const filter = and(
        tag === undefined ? undefined : arrayContains(articles.tagList, [tag]),
        author === undefined ? undefined : eq(users.username, author),
        favorited === undefined ? undefined : inArray(articles.id, favoritesOf(favorited)),
      )
      return paginate(listOf(viewer?.id ?? 0, filter))
    },
  )

  const getFeed = get(
    '/articles/feed',
    { tags: ['articles'], dependencies: { currentUser, paginate: articlePage }, responses: { 200: ArticleList(ArticleItem) } },
    ({ currentUser, paginate }) => {
      const followed = db.select({ id: follows.followedId }).from(follows).where(eq(follows.followerId, currentUser.id))
      return paginate(listOf(currentUser.id, inArray(articles.authorId, followed)))
    },
  )

  const getArticle = get(
    '/articles/{slug}',
    { tags: ['articles'], dependencies: { article }, responses: { 200: ArticleEnvelope } },
    ({ article }) => ({ article }),
  )

  /** The article with what a request has changed. One that another request has deleted is a 404. */
  async function reread(slug: string, viewerId: number) {
    const found = await findArticle(db, slug, viewerId)
    if (found === undefined) throw new ArticleNotFound()
    return { article: found }
  }

  const createArticle = post(
    '/articles',
    {
      tags: ['articles'],
      dependencies: { currentUser },
      body: z.object({ article: NewArticle }),
      responses: { 201: ArticleEnvelope },
      errors: [ArticleNotFound],
    },
    async ({ body: { article }, currentUser }) => {
      const slug = await freeSlug(db, article.title)
      await db.insert(articles).values({ ...article, tagList: sorted(article.tagList), slug, authorId: currentUser.id })
      return reread(slug, currentUser.id)
    },
  )

  const updateArticle = put(
    '/articles/{slug}',
    {
      tags: ['articles'],
      dependencies: { ownArticle },
      body: z.object({ article: ArticleUpdate }),
      responses: { 200: ArticleEnvelope },
    },
    async ({ body: { article: changes }, ownArticle }) => {
      const { title = ownArticle.title, tagList = ownArticle.tagList } = changes
      const slug = title === ownArticle.title ? ownArticle.slug : await freeSlug(db, title)
      await db
        .update(articles)
        .set({ ...changes, tagList: sorted(tagList), slug, updatedAt: new Date() })
        .where(eq(articles.id, ownArticle.id))
      return reread(slug, ownArticle.authorId)
    },
  )

  const deleteArticle = del(
    '/articles/{slug}',
    { tags: ['articles'], dependencies: { ownArticle }, responses: { 204: empty() } },
    async ({ ownArticle }) => {
      await db.delete(articles).where(eq(articles.id, ownArticle.id))
    },
  )

  const favoriteArticle = post(
    '/articles/{slug}/favorite',
    { tags: ['favorites'], dependencies: { currentUser, article }, responses: { 200: ArticleEnvelope } },
    async ({ currentUser, article }) => {
      await db.insert(favorites).values({ userId: currentUser.id, articleId: article.id }).onConflictDoNothing()
      return reread(article.slug, currentUser.id)
    },
  )

  const unfavoriteArticle = del(
    '/articles/{slug}/favorite',
    { tags: ['favorites'], dependencies: { currentUser, article }, responses: { 200: ArticleEnvelope } },
    async ({ currentUser, article }) => {
      await db.delete(favorites).where(and(eq(favorites.userId, currentUser.id), eq(favorites.articleId, article.id)))
      return reread(article.slug, currentUser.id)
    },
  )

  return { listArticles, getFeed, getArticle, createArticle, updateArticle, deleteArticle, favoriteArticle, unfavoriteArticle }
}

const sorted = (tags: readonly string[]) => [...new Set(tags)].toSorted()

/** `How to train your dragon` is `how-to-train-your-dragon`, with a random end where another article has that. */
async function freeSlug(db: Database, title: string): Promise<string> {
  const plain = title.normalize('NFKD').toLowerCase().replaceAll(/\p{M}/gu, '')
  const words = plain.match(/[\p{L}\p{N}]+/gu) ?? ['article']
  const slug = words.join('-')
  const isTaken = (await db.$count(articles, eq(articles.slug, slug))) > 0 || slug === 'feed'
  return isTaken ? `${slug}-${randomBytes(4).toString('hex')}` : slug
}
