/** A generator's row without a field of its model. */
import { get, jsonl } from '../../src/index.ts'
import { Article, article, author } from './rows.ts'

get('/articles', { responses: { 200: jsonl(Article) } }, async function* () {
  yield { ...article, author: { ...author, following: false } }
})
