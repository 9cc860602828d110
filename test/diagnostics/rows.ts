/** Rows of a database, which are wider than the models of a route. */
import { z } from 'zod'

export interface AuthorRow {
  id: number
  username: string
  bio: string | null
  image: string | null
  email: string
  password_hash: string
}

export interface ArticleRow {
  id: number
  slug: string
  title: string
  description: string
  body: string
  authorId: number
  createdAt: Date
  updatedAt: Date
  favorited: boolean
  favoritesCount: number
}

const Profile = z.object({ username: z.string(), bio: z.string().nullable(), image: z.string().nullable(), following: z.boolean() })
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

export declare const author: AuthorRow
export declare const article: ArticleRow
export declare function find(
  slug: string,
): Promise<(ArticleRow & { tagList: string[]; author: AuthorRow & { following: boolean } }) | undefined>
