/** Inputs: text read by its declared type, JSON bodies, cookies. */
import { z } from 'zod'
import { get, post } from '../../src/index.ts'
import { anyText, maybe } from './schemas.ts'

const Query = {
  i: maybe(z.int()),
  b: maybe(z.boolean()),
  f: maybe(z.number()),
  s: maybe(z.string().max(50).meta({ nul: true })),
  n: z.array(z.int()).default([]),
  d: maybe(z.date()),
  e: maybe(z.enum(['red', 'green'])),
}

const Item = z
  .object({
    name: z.string().min(1).max(100),
    price: z.number().positive(),
    tags: z.array(z.string()).default([]),
    when: maybe(z.date()),
    nested: maybe(z.object({ a: z.int() })),
  })
  .meta({ id: 'Item', nul: true })

export const readQuery = get('/lab/query', { query: Query, responses: { 200: z.object(Query) } }, ({ query }) => query)

export const readItem = get(
  '/lab/items/{item_id}',
  { params: { item_id: z.int() }, responses: { 200: z.object({ item_id: z.int() }) } },
  ({ params }) => params,
)

export const readName = get(
  '/lab/names/{name}',
  { params: { name: anyText }, responses: { 200: z.object({ name: z.string() }) } },
  ({ params }) => params,
)

export const echo = post('/lab/echo', { body: Item, responses: { 200: Item } }, ({ body }) => body)

export const limited = post(
  '/lab/limited',
  { body: z.object({ data: anyText }), bodyLimitBytes: 1024, responses: { 200: z.object({ size: z.int() }) } },
  ({ body }) => ({ size: Array.from(body.data).length }),
)

const Cookies = z.record(z.string(), z.string()).meta({ nul: true })

export const readCookies = get('/lab/cookies', { cookies: Cookies, responses: { 200: z.object({ cookies: Cookies }) } }, ({ cookies }) => ({
  cookies,
}))
