/** Comments on an article. */
import { and, desc, eq } from 'drizzle-orm'
import { del, empty, get, post } from 'riposte'
import { z } from 'zod'
import type { Access } from './access.ts'
import type { ArticleAccess } from './articles.ts'
import type { Database } from './database.ts'
import { CommentNotFound, NotTheCommenter } from './errors.ts'
import { Comment, NewComment } from './models.ts'
import { profileColumns } from './profiles.ts'
import { comments, users } from './schema.ts'

export function commentRoutes(db: Database, { viewer, currentUser }: Access, { article }: ArticleAccess) {
  const listComments = get(
    '/articles/{slug}/comments',
    {
      tags: ['comments'],
      dependencies: { viewer, article },
      responses: { 200: z.object({ comments: z.array(Comment) }) },
    },
    async ({ viewer, article }) => ({
      comments: await db
        .select({
          id: comments.id,
          body: comments.body,
          createdAt: comments.createdAt,
          updatedAt: comments.updatedAt,
          author: profileColumns(viewer?.id ?? 0),
        })
        .from(comments)
        .innerJoin(users, eq(users.id, comments.authorId))
        .where(eq(comments.articleId, article.id))
        .orderBy(desc(comments.id)),
    }),
  )

  const createComment = post(
    '/articles/{slug}/comments',
    {
      tags: ['comments'],
      dependencies: { currentUser, article },
      body: z.object({ comment: NewComment }),
      responses: { 201: z.object({ comment: Comment }) },
    },
    async ({ body: { comment }, currentUser, article }) => {
      const row = { body: comment.body, articleId: article.id, authorId: currentUser.id }
      const [created] = await db.insert(comments).values(row).returning()
      return { comment: { ...created!, author: { ...currentUser, following: false } } }
    },
  )

  const deleteComment = del(
    '/articles/{slug}/comments/{id}',
    {
      tags: ['comments'],
      params: { id: z.int32() },
      dependencies: { currentUser, article },
      responses: { 204: empty() },
      errors: [CommentNotFound, NotTheCommenter],
    },
    async ({ params, currentUser, article, fail }) => {
      const isThis = and(eq(comments.id, params.id), eq(comments.articleId, article.id))
      const [found] = await db.select().from(comments).where(isThis)
      if (found === undefined) throw fail(CommentNotFound)
      if (found.authorId !== currentUser.id) throw fail(NotTheCommenter)
      await db.delete(comments).where(isThis)
    },
  )

  return { listComments, createComment, deleteComment }
}
