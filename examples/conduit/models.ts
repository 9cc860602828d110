/** The models of requests and responses. Rows have more fields, which are not sent. */
import { LimitOffsetPage } from 'riposte'
import { z } from 'zod'

// Checks before `trim()` are those of the text as sent, so that the document says what is accepted.
const filled = (limit: number) => z.string().regex(/\S/, "can't be blank").max(limit).trim()
const Username = filled(100)
const Password = z.string().min(8).max(200)

export const User = z
  .object({ email: z.email(), token: z.string(), username: z.string(), bio: z.string().nullable(), image: z.string().nullable() })
  .meta({ id: 'User' })

export const UserEnvelope = z.object({ user: User }).meta({ id: 'UserEnvelope' })

export const NewUser = z.object({ username: Username, email: z.email(), password: Password }).meta({ id: 'NewUser' })

export const Login = z.object({ email: z.email(), password: z.string().max(200) }).meta({ id: 'Login' })

/** An empty text removes what was there. */
const clearable = (limit: number) =>
  z
    .string()
    .max(limit)
    .nullable()
    .transform((text) => (text === '' ? null : text))

export const UserUpdate = z
  .object({ username: Username, email: z.email(), password: Password, bio: clearable(1000), image: clearable(2000) })
  .partial()
  .meta({ id: 'UserUpdate' })

export const Profile = z
  .object({ username: z.string(), bio: z.string().nullable(), image: z.string().nullable(), following: z.boolean() })
  .meta({ id: 'Profile' })

export const ProfileEnvelope = z.object({ profile: Profile }).meta({ id: 'ProfileEnvelope' })

export const Article = z
  .object({
    slug: z.string(),
    title: z.string(),
    description: z.string(),
    body: z.string(),
    tagList: z.array(z.string()),
    createdAt: z.date(),
    updatedAt: z.date(),
    favorited: z.boolean(),
    favoritesCount: z.int(),
    author: Profile,
  })
  .meta({ id: 'Article' })

export const ArticleEnvelope = z.object({ article: Article }).meta({ id: 'ArticleEnvelope' })

/** Lists leave the text of the articles out. */
export const ArticleItem = Article.omit({ body: true }).meta({ id: 'ArticleItem' })

/** `{ articles, articlesCount }` with `?limit=20&offset=0`, as the specification has it. */
export const ArticleList = LimitOffsetPage.with({ name: 'List', fields: { articles: 'items', articlesCount: 'total' } })

const ArticleText = { title: filled(200), description: filled(1000), body: filled(100_000) }

export const NewArticle = z.object({ ...ArticleText, tagList: z.array(filled(50)).max(20).default([]) }).meta({ id: 'NewArticle' })

export const ArticleUpdate = z
  .object({ ...ArticleText, tagList: z.array(filled(50)).max(20) })
  .partial()
  .meta({ id: 'ArticleUpdate' })

export const Comment = z
  .object({ id: z.int(), body: z.string(), createdAt: z.date(), updatedAt: z.date(), author: Profile })
  .meta({ id: 'Comment' })

export const NewComment = z.object({ body: filled(10_000) }).meta({ id: 'NewComment' })
