/** A field is missing in an author of a list. */
import { z } from 'zod'
import { get } from '../../src/index.ts'
import { Article, article, author } from './rows.ts'

get('/articles', { responses: { 200: z.object({ articles: z.array(Article), articlesCount: z.int() }) } }, async () => {
  const articles = await Promise.resolve([{ ...article, tagList: ['a'], author }])
  return { articles, articlesCount: articles.length }
})
