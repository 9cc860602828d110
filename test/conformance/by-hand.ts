/** Responses by hand: statuses, header fields, cookies, redirects and files as the request asks for them. */
import { z } from 'zod'
import { bytes, file, get, json, post, redirect, text } from '../../src/index.ts'
import { files } from './files.ts'
import { anyText, Ok } from './schemas.ts'

const AnyText = { '2XX': text(), '3XX': text(), '4XX': text(), '5XX': text() }

export const status = get(
  '/lab/status/{code}',
  { params: { code: z.int() }, query: { body: z.int().default(0) }, responses: AnyText },
  ({ params: { code }, query, reply }) => reply(code as 200, query.body === 1 ? `body-of-${code}` : ''),
)

export const dynamicStatus = get(
  '/lab/dynamic-status',
  { query: { status: z.int().default(200) }, responses: { '2XX': Ok, '3XX': Ok, '4XX': Ok, '5XX': Ok } },
  ({ query, response }) => {
    response.status = query.status
    return { ok: true }
  },
)

export const header = get(
  '/lab/header',
  { query: { value: anyText, name: anyText.default('X-Lab') }, responses: { 200: Ok } },
  ({ query, response }) => {
    response.headers.set(query.name, query.value)
    return { ok: true }
  },
)

const Multi = { body: Ok, headers: { Link: z.string(), 'X-Once': z.string() }, cookies: { a: z.string(), b: z.string() } }

export const headerMulti = get('/lab/header-multi', { responses: { 200: Multi } }, ({ response }) => {
  response.headers.append('Link', '</a>; rel=a')
  response.headers.append('Link', '</b>; rel=b')
  response.headers.set('X-Once', '1')
  response.headers.set('x-ONCE', '2')
  response.cookies.set('a', '1')
  response.cookies.set('b', '2')
  return { ok: true }
})

export const redirected = get(
  '/lab/redirect',
  { query: { url: anyText, status: z.int().default(307) }, responses: { '3XX': redirect() } },
  ({ query, reply }) => reply(query.status as 307, query.url),
)

const LoggedIn = { body: redirect(), cookies: { session_id: z.string() } }

export const loginRedirect = post('/lab/login-redirect', { responses: { 303: LoggedIn } }, ({ response }) => {
  response.cookies.set('session_id', 'abc123', { httpOnly: true, secure: true })
  return '/new-path'
})

export const portal = get(
  '/lab/portal',
  {
    query: { teleport: z.boolean().default(false) },
    responses: { 200: z.object({ message: z.string() }), 307: redirect() },
  },
  ({ query, reply }) => (query.teleport ? reply(307, 'https://example.com/watch?v=1') : { message: "Here's your portal." }),
)

const Own = {
  body: z.object({ own: z.boolean() }),
  headers: { 'X-Injected': z.string().optional(), 'X-Own': z.string() },
  cookies: { own: z.string() },
}

export const direct = get('/lab/direct', { responses: { 200: Own } }, ({ response, reply }) => {
  response.headers.set('X-Injected', '1')
  return reply(200, { own: true }, { headers: { 'X-Own': '1' }, cookies: { own: '1' } })
})

export const plainText = get('/lab/text', { responses: { 200: text() } }, () => 'héllo wörld €\n')

const Mixed = z.object({ a: z.int(), b: z.array(z.union([z.null(), z.boolean(), z.number()])), s: z.string() })

export const plainJSON = get('/lab/json', { responses: { 200: json(Mixed) } }, () => ({
  a: 1,
  b: [null, true, 1.5],
  s: 'Zoë 日本 🚀 </script>',
}))

export const xml = get('/lab/xml', { responses: { 200: text('application/xml') } }, () => '<?xml version="1.0" encoding="utf-8"?><a>é</a>')

export const allBytes = get('/lab/bytes', { responses: { 200: bytes() } }, () => Uint8Array.from({ length: 256 }, (_, byte) => byte))

export const nothing = get('/lab/null', { responses: { 200: z.unknown() } }, () => null)

const CookiePlace = { name: anyText.default('c'), path: anyText.default('/'), domain: anyText.optional() }

export const setCookie = get(
  '/lab/cookie-set',
  {
    query: {
      ...CookiePlace,
      value: anyText,
      max_age: z.int().optional(),
      expires: z.date().optional(),
      secure: z.boolean().default(false),
      httponly: z.boolean().default(false),
      samesite: anyText.default('lax'),
    },
    responses: { 200: Ok },
  },
  ({ query: { name, value, path, domain, max_age, expires, secure, httponly, samesite }, response }) => {
    response.cookies.set(name, value, {
      path,
      domain,
      expires,
      secure,
      maxAge: max_age,
      httpOnly: httponly,
      sameSite: samesite as 'lax',
    })
    return { ok: true }
  },
)

export const deleteCookie = get(
  '/lab/cookie-delete',
  { query: CookiePlace, responses: { 200: Ok } },
  ({ query: { name, path, domain }, response }) => {
    response.cookies.delete(name, { path, domain })
    return { ok: true }
  },
)

export const attachment = get(
  '/lab/attachment',
  {
    query: { filename: anyText, disposition: anyText.default('attachment') },
    responses: { 200: file({ root: files, mediaType: 'text/plain' }) },
  },
  ({ query }) => ({ path: 'hello.txt', fileName: query.filename, disposition: query.disposition as 'attachment' }),
)

export const openFile = get(
  '/lab/file/{+path}',
  { params: { path: anyText }, responses: { 200: file({ root: files }) } },
  ({ params }) => params.path,
)
