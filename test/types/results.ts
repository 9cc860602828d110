/** What a handler may answer is read off the contract. */
import { z } from 'zod'
import { bytes, defineRepresentation, empty, get, html, json, Page, paginate, PageQuery, post, redirect, text } from '../../src/index.ts'
import { row, User, type UserRow } from './models.ts'

// Rows with extra columns compile: the pass filters them.
get('/', { responses: { 200: User } }, () => row)
get('/', { responses: { 200: User } }, async () => row)
get('/', { responses: { 200: z.array(User) } }, (): UserRow[] => [row])
get('/', { responses: { 200: json(User) } }, ({ reply }) => reply(200, row))
get('/', { query: PageQuery, responses: { 200: Page(User) } }, ({ query }) => paginate([row], query))

// Branches may answer in different ways.
get('/', { responses: { 200: User, 404: z.object({ error: z.string() }) } }, ({ reply }) =>
  row.id === 0 ? reply(404, { error: 'none' }) : row,
)
get('/', { responses: { 200: User, 304: empty() } }, async ({ reply }) => {
  if (row.id === 0) return reply(304)
  if (row.id === 1) return reply(200, row)
  return row
})

// A bare value goes with the lowest success status, without one with a redirect.
get('/', { responses: { 201: User, 202: z.object({ job: z.string() }) } }, () => row)
get('/', { responses: { 404: z.object({ error: z.string() }), 303: redirect() } }, () => new URL('https://example.com'))
get('/', { responses: { '2XX': User } }, ({ reply }) => (row.id === 0 ? reply(206, row) : row))
get('/', { responses: { default: User } }, ({ reply }) => (row.id === 0 ? reply(599, row) : row))

// Representations take what they promise.
get('/', { responses: { 200: html() } }, () => '<p>')
get('/', { responses: { 200: text('text/csv') } }, async () => 'a,b')
get('/', { responses: { 200: bytes('image/png') } }, () => new Uint8Array())
get('/', { responses: { 204: empty() } }, () => {})
get('/', { responses: { 204: empty() } }, ({ reply }) => reply(204))
get('/', { responses: { 204: {} } }, ({ reply }) => reply(204))
get('/', { responses: { 204: { description: 'Done' } } }, () => {})
// @ts-expect-error -- a response that declares no body has none
get('/', { responses: { 204: { description: 'Done' } } }, () => ({ id: 1 }))
get('/', { responses: { 205: empty() } }, async () => undefined)

// Literals keep their types under an enumeration.
const Light = z.object({ colour: z.enum(['red', 'green']), kind: z.literal('light') })
get('/', { responses: { 200: Light } }, () => ({ colour: 'red', kind: 'light' }))
get('/', { responses: { 200: Light } }, async ({ reply }) => {
  if (row.id === 0) return reply(200, { colour: 'green', kind: 'light' })
  return { colour: 'red', kind: 'light' }
})

// Header fields: required, optional, of other types than text.
const headers = { 'X-Total': z.int(), 'X-Next': z.string().optional() }
post('/', { responses: { 201: { body: User, headers } } }, ({ reply }) => reply(201, row, { headers: { 'X-Total': 7 } }))
post('/', { responses: { 201: { body: User, headers } } }, ({ reply }) => reply(201, row, { headers: { 'X-Total': 7, 'X-Next': '/2' } }))
post('/', { responses: { 201: { body: User, headers: { 'X-Next': z.string().optional() } } } }, ({ reply }) => reply(201, row))
post('/', { responses: { 204: { headers: { 'X-Total': z.int() } } } }, ({ reply }) => reply(204, undefined, { headers: { 'X-Total': 7 } }))
post('/', { responses: { 201: User } }, ({ reply }) => reply(201, row, { headers: { 'X-Free': 'text' }, cookies: { seen: 'yes' } }))
post('/', { responses: { 201: User } }, ({ reply }) => reply(201, row, { cookies: { seen: { value: 'yes', httpOnly: true } } }))

// A default may be missing in what is answered; a codec takes what it gives.
const WithDefault = z.object({ id: z.int(), role: z.string().default('user') })
get('/', { responses: { 200: WithDefault } }, () => ({ id: 1 }))
get('/', { responses: { 200: WithDefault } }, () => ({ id: 1, role: 'admin' }))
const Day = z.codec(z.iso.date(), z.date(), { decode: (iso) => new Date(iso), encode: (date) => date.toISOString().slice(0, 10) })
get('/', { responses: { 200: z.object({ day: Day }) } }, () => ({ day: new Date() }))

// Several representations share one value.
get('/', { responses: { 200: [json(User), json(User, 'application/hal+json')] } }, () => row)
const Csv = defineRepresentation({ mediaType: 'text/csv', schema: User, encode: ({ name }) => name })
get('/', { responses: { 200: [json(User), Csv] } }, () => row)
get('/', { responses: { 200: { body: [json(User), Csv], headers: { 'X-Total': z.int() } } } }, ({ reply }) =>
  reply(200, row, { headers: { 'X-Total': 1 } }),
)
