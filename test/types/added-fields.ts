/** The values of declared headers and cookies where they are set. Checked by tsc alone. */
import { createApp, defineCookie, dependency } from '../../src/index.ts'
import { z } from 'zod'

const Ok = z.object({ ok: z.boolean() })
const visits = defineCookie('visits', { model: z.int() })
const session = defineCookie('session_id')

dependency({ responseHeaders: { 'X-Left': z.int() }, responseCookies: { visits } }, ({ response }) => {
  response.headers.set('X-Left', 1)
  response.headers.set('X-Other', 'text')
  response.cookies.set('visits', 1)
  response.cookies.set(visits, 1, { always: true })
  response.cookies.set('other', 'text')
  response.headers.vary('Origin')
  // @ts-expect-error -- its model takes integers
  response.headers.set('X-Left', 'many')
  // @ts-expect-error -- a header that is not declared is text
  response.headers.set('X-Other', 1)
  // @ts-expect-error -- its model takes integers
  response.cookies.set('visits', 'many')
  // @ts-expect-error -- its model takes integers
  response.cookies.set(visits, 'many')
})

dependency(({ response }) => {
  response.cookies.set(visits, 1)
  response.cookies.set(session, 'abc')
  // @ts-expect-error -- its model takes integers
  response.cookies.set(visits, 'many')
  // @ts-expect-error -- a header that is not declared is text
  response.headers.set('X-Left', 1)
})

const app = createApp({ responseHeaders: { 'X-Version': z.int() } })
app.router({ responseHeaders: { Sunset: z.date() } }).get('/', { responses: { 200: Ok } }, ({ response }) => {
  response.headers.set('X-Version', 1)
  response.headers.set('Sunset', new Date(0))
  // @ts-expect-error -- its model takes a date
  response.headers.set('Sunset', 1)
  return { ok: true }
})

const cookies = { session_id: session, visits, note: z.string().optional() }
app.get('/cookies', { cookies: { session_id: session }, responses: { 200: { body: Ok, cookies } } }, ({ reply, cookies: sent }) => {
  const id: string = sent.session_id
  if (id === '1') return reply(200, { ok: true }, { cookies: { session_id: 'a', visits: { value: 1, maxAge: 5 } } })
  // @ts-expect-error -- the cookies that are required are missing
  if (id === '2') return reply(200, { ok: true })
  // @ts-expect-error -- visits is missing
  if (id === '3') return reply(200, { ok: true }, { cookies: { session_id: 'a' } })
  // @ts-expect-error -- the model of visits takes integers
  if (id === '4') return reply(200, { ok: true }, { cookies: { session_id: 'a', visits: 'many' } })
  // @ts-expect-error -- no cookie of this name is declared
  if (id === '5') return reply(200, { ok: true }, { cookies: { session_id: 'a', visits: 1, other: 'b' } })
  return reply(200, { ok: true }, { cookies: { session_id: 'a', visits: 1, note: 'b' }, headers: { 'X-Free': 'yes' } })
})
