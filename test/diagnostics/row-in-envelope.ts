/** A row that may be missing, in an envelope. */
import { z } from 'zod'
import { get } from '../../src/index.ts'
import { Article, find } from './rows.ts'

get('/articles/{slug}', { responses: { 200: z.object({ article: Article }) } }, async ({ params }) => ({
  article: await find(params.slug),
}))
