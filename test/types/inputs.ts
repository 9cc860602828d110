/** What a handler receives is read off the contract. */
import { z } from 'zod'
import { bytes, dependency, empty, form, get, json, post, text } from '../../src/index.ts'
import { same } from './equal.ts'

const responses = { 204: empty() }

get('/users/{user_id}/posts/{+path}', { responses }, ({ params, query, headers, cookies, body }) => {
  same<typeof params, { user_id: string; path: string }>(true)
  same<typeof query, {}>(true)
  same<typeof headers, {}>(true)
  same<typeof cookies, {}>(true)
  body satisfies object
  // @ts-expect-error
  body satisfies Record<string, unknown> | string | Uint8Array | { name?: string }
})

// What is not declared is an empty object: helpers that take any record, or none, take it.
get('/', { responses }, (context) => {
  context satisfies {
    query: Readonly<Record<string, unknown>>
    headers: Readonly<Record<string, string>>
    cookies: { session_id?: string }
    params: Readonly<Record<string, string>>
    body?: unknown
  }
})
dependency((context) => {
  context satisfies { query: Readonly<Record<string, unknown>>; params: Readonly<Record<string, string>>; body?: unknown }
  // @ts-expect-error
  context.body satisfies Record<string, unknown> | string | Uint8Array | { name?: string }
})

get('/', { responses }, ({ params }) => {
  same<typeof params, {}>(true)
})

post(
  '/users/{user_id}',
  {
    params: { user_id: z.int() },
    query: { limit: z.int().default(20), tag: z.array(z.string()).optional() },
    headers: { 'x-token': z.string() },
    cookies: { session_id: z.string().optional() },
    body: z.object({ name: z.string(), born: z.coerce.date() }),
    responses,
  },
  ({ params, query, headers, cookies, body }) => {
    same<typeof params, { user_id: number }>(true)
    same<typeof query, { limit: number; tag: string[] | undefined }>(true)
    same<typeof headers, { 'x-token': string }>(true)
    same<typeof cookies, { session_id: string | undefined }>(true)
    same<typeof body, { name: string; born: Date }>(true)
  },
)

// Content that is no JSON is read as its representation says; of several, any may have come.
post('/text', { body: text(), responses }, ({ body }) => {
  same<typeof body, string>(true)
})
post('/bytes', { body: bytes('image/png'), responses }, ({ body }) => {
  same<typeof body, Uint8Array>(true)
})
post('/form', { body: form(z.object({ n: z.int() })), responses }, ({ body }) => {
  same<typeof body, { n: number }>(true)
})
post('/any', { body: [json(z.object({ at: z.coerce.date() })), text()], responses }, ({ body }) => {
  same<typeof body, { at: Date } | string>(true)
})

// One schema of an object is as good as a record of schemas.
get('/search', { query: z.object({ q: z.string(), page: z.int().default(1) }), responses }, ({ query }) => {
  same<typeof query, { q: string; page: number }>(true)
})
