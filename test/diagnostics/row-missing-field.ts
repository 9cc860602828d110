/** A row without a field of its model. */
import { get } from '../../src/index.ts'
import { Article, article, author } from './rows.ts'

get('/articles/{slug}', { responses: { 200: Article } }, async () => {
  const row = await Promise.resolve(article)
  return { ...row, author: { ...author, following: false } }
})
