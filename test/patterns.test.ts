/** The patterns of FastAPI's responses, one after the other, as this framework has them. */
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { describe } from 'node:test'
import { z } from 'zod'
import { empty, errorBody, file, html, HTTPError, json, Page, PageQuery, paginate, redirect, sse, stream, text } from '../src/index.ts'
import { matrix, type SendRequest } from './support/matrix.ts'
import { deferred } from './support/deferred.ts'
import { createTestApp } from './support/test-app.ts'

const User = z.object({ id: z.int(), email: z.email(), name: z.string(), created_at: z.date() }).meta({ id: 'User' })

const rows = Array.from({ length: 45 }, (_, index) => ({
  id: index + 1,
  email: `user${index + 1}@example.com`,
  name: `User ${index + 1}`,
  created_at: new Date(Date.UTC(2024, 0, 1, index + 1)),
  password_hash: 'SECRET',
}))

const first = { id: 1, email: 'user1@example.com', name: 'User 1', created_at: '2024-01-01T01:00:00.000Z' }
const params = { user_id: z.int() }

const ErrorResponse = z.object({ error: z.string(), detail: z.string(), request_id: z.string().nullish() }).meta({ id: 'ErrorResponse' })

const errorResponse = errorBody(ErrorResponse, (error, { requestId }) => ({
  error: error.title,
  detail: String(error.detail),
  request_id: requestId,
}))

const open = () => createTestApp({ errorBody: errorResponse, openapiPath: '/openapi.json' }).app

async function* toCSV(users: typeof rows): AsyncGenerator<string> {
  yield 'id,name\n'
  for (const { id, name } of users) yield `${id},${name}\n`
}

const fail = (): never => {
  throw new Error('SECRET')
}

async function post(send: SendRequest, path: string, body: unknown): Promise<Response> {
  return send(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
}

describe('Response Models', () => {
  const app = open()
  app.get('/users/{user_id}', { params, responses: { 200: User, 404: errorResponse } }, ({ params }) => {
    const user = rows.find(({ id }) => id === params.user_id)
    if (user === undefined) throw new HTTPError(404, 'User not found')
    return user
  })
  app.get('/broken', { responses: { 200: User } }, () => ({ ...rows[0], email: 'SECRET' }) as never)

  matrix('answers as declared', app, async (send) => {
    const found = await send('/users/1')
    assert.equal(found.headers.get('content-type'), 'application/json')
    assert.deepEqual(await found.json(), first)
    const missing = await send('/users/99')
    assert.equal(missing.status, 404)
    assert.equal(((await missing.json()) as { detail: string }).detail, 'User not found')
    const broken = await send('/broken')
    assert.equal(broken.status, 500)
    assert.doesNotMatch(await broken.text(), /SECRET/)
  })
})

describe('Pagination Response', () => {
  const app = open()
  app.get('/users', { query: PageQuery, responses: { 200: Page(User) } }, ({ query }) => paginate(rows, query))

  matrix('answers as declared', app, async (send) => {
    const page = (await (await send('/users?page=3&size=20')).json()) as { items: unknown[] }
    assert.deepEqual({ ...page, items: page.items.length }, { items: 5, total: 45, page: 3, size: 20, pages: 3 })
    assert.deepEqual(((await (await send('/users?size=1')).json()) as typeof page).items, [first])
    assert.deepEqual(((await (await send('/users?page=9')).json()) as typeof page).items, [])
    assert.equal((await send('/users?page=0')).status, 422)
    assert.equal((await send('/users?size=101')).status, 422)
  })
})

describe('Response Classes', () => {
  const app = open()
  const Created = z.object({ id: z.int(), message: z.string() })
  const created = { body: json(Created), headers: { 'X-Custom-Header': z.string() } }
  app.post('/users', { body: z.object({ name: z.string() }), responses: { 201: created } }, ({ reply }) =>
    reply(201, { id: 46, message: 'User created' }, { headers: { 'X-Custom-Header': 'value' } }),
  )
  app.get('/page', { responses: { 200: html() } }, () => '<html><body><h1>Hello</h1></body></html>')
  app.get('/text', { responses: { 200: text() } }, () => 'héllo')
  app.get('/old-path', { responses: { 301: redirect() } }, () => '/new-path')
  app.get(
    '/download/{filename}',
    { responses: { 200: file({ disposition: 'attachment', mediaType: 'application/octet-stream' }) } },
    ({ params }) => new File(['0123456789'], params.filename, { lastModified: 0 }),
  )

  matrix('answers as declared', app, async (send) => {
    const made = await post(send, '/users', { name: 'x' })
    assert.deepEqual([made.status, made.headers.get('x-custom-header')], [201, 'value'])
    assert.deepEqual(await made.json(), { id: 46, message: 'User created' })
    const page = await send('/page')
    assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8')
    assert.equal(await page.text(), '<html><body><h1>Hello</h1></body></html>')
    assert.equal(await (await send('/text')).text(), 'héllo')
    const moved = await send('/old-path')
    assert.deepEqual([moved.status, moved.headers.get('location'), await moved.text()], [301, '/new-path', ''])
    const whole = await send('/download/a%20b.bin')
    assert.equal(whole.headers.get('content-disposition'), 'attachment; filename="a b.bin"')
    assert.deepEqual([whole.headers.get('content-type'), await whole.text()], ['application/octet-stream', '0123456789'])
    const part = await send('/download/a.bin', { headers: { range: 'bytes=2-4' } })
    assert.deepEqual([part.status, part.headers.get('content-range'), await part.text()], [206, 'bytes 2-4/10', '234'])
  })
})

describe('Streaming Response', () => {
  const app = open()
  app.get('/stream', { responses: { 200: sse(z.int()) } }, async function* ({ event, lastEventId }) {
    for (let n = Number(lastEventId ?? -1) + 1; n < 4; n++) {
      yield event.message(n, { id: n })
      await pause(1)
    }
  })
  const csv = { body: stream('text/csv'), headers: { 'Content-Disposition': z.string() } }
  app.get('/large-file', { responses: { 200: csv } }, ({ reply }) => {
    return reply(200, toCSV(rows), { headers: { 'Content-Disposition': 'attachment; filename=data.csv' } })
  })
  app.get('/fails-first', { responses: { 200: stream('text/plain') } }, async function* () {
    yield fail()
  })
  app.get('/fails-later', { responses: { 200: stream('text/plain') } }, async function* () {
    yield 'begun'
    await pause(1)
    fail()
  })

  matrix('answers as declared', app, async (send) => {
    const events = await send('/stream')
    assert.deepEqual([events.headers.get('content-type'), events.headers.get('cache-control')], ['text/event-stream', 'no-cache'])
    assert.deepEqual((await events.text()).match(/(?<=^data: ).*/gm), ['0', '1', '2', '3'])
    const resumed = await send('/stream', { headers: { 'last-event-id': '1' } })
    assert.deepEqual((await resumed.text()).match(/(?<=^data: ).*/gm), ['2', '3'])
    const large = await send('/large-file')
    assert.equal(large.headers.get('content-type'), 'text/csv; charset=utf-8')
    assert.equal((await large.text()).split('\n').length, 47)
    assert.equal((await send('/fails-first')).status, 500)
    await assert.rejects((await send('/fails-later')).text(), 'a stream that fails has no clean end')
  })
})

describe('Error Responses', () => {
  const app = open()
  app.get(
    '/users/{user_id}',
    {
      params,
      responses: {
        200: User,
        404: { body: errorResponse, headers: { 'X-Error-Code': z.string() }, description: 'User not found' },
        500: { body: errorResponse, description: 'Internal server error' },
      },
    },
    () => {
      throw new HTTPError(404, 'User not found', { headers: { 'X-Error-Code': 'USER_NOT_FOUND' } })
    },
  )
  app.onError(RangeError, { responses: { 400: ErrorResponse } }, (error, { reply }) =>
    reply(400, { error: 'Bad Request', detail: error.message }),
  )
  app.get('/range', { responses: { 200: User } }, () => {
    throw new RangeError('out of range')
  })
  app.get('/undeclared', { responses: { 200: User } }, () => {
    throw new HTTPError(403, 'SECRET')
  })

  matrix('answers as declared', app, async (send) => {
    const missing = await send('/users/1', { headers: { 'x-request-id': 'r-1' } })
    assert.deepEqual([missing.status, missing.headers.get('x-error-code')], [404, 'USER_NOT_FOUND'])
    assert.deepEqual(await missing.json(), { error: 'Not Found', detail: 'User not found', request_id: 'r-1' })
    const handled = await send('/range')
    assert.equal(handled.status, 400)
    assert.deepEqual(await handled.json(), { error: 'Bad Request', detail: 'out of range' })
    const undeclared = await send('/undeclared')
    assert.equal(undeclared.status, 500)
    assert.doesNotMatch(await undeclared.text(), /SECRET/)
    const document = (await (await send('/openapi.json')).json()) as { paths: Record<string, { get: { responses: object } }> }
    assert.deepEqual(Object.keys(document.paths['/users/{user_id}']!.get.responses), ['200', '400', '404', '422', '500'])
  })
})

describe('Response Headers', () => {
  const app = open()
  app.get('/data', { responses: { 200: z.object({ data: z.string() }) } }, ({ response }) => {
    response.headers.set('X-Custom-Header', 'custom-value')
    response.headers.set('Cache-Control', 'max-age=3600')
    return { data: 'value' }
  })
  app.post('/login', { responses: { 200: z.object({ status: z.string() }) } }, ({ response }) => {
    response.cookies.set('session_id', 'abc123', { httpOnly: true, secure: true, sameSite: 'lax', maxAge: 3600 })
    return { status: 'logged_in' }
  })
  app.post('/logout', { responses: { 200: z.object({ status: z.string() }) } }, ({ response }) => {
    response.cookies.delete('session_id')
    return { status: 'logged_out' }
  })

  matrix('answers as declared', app, async (send) => {
    const data = await send('/data')
    assert.deepEqual([data.headers.get('x-custom-header'), data.headers.get('cache-control')], ['custom-value', 'max-age=3600'])
    assert.deepEqual(await data.json(), { data: 'value' })
    const login = await send('/login', { method: 'POST' })
    assert.deepEqual(login.headers.getSetCookie(), ['session_id=abc123; Max-Age=3600; Path=/; HttpOnly; Secure; SameSite=Lax'])
    const logout = await send('/logout', { method: 'POST' })
    assert.match(logout.headers.getSetCookie()[0]!, /^session_id=; Max-Age=0; Path=\/; Expires=Thu, 01 Jan 1970/)
  })
})

describe('Background Response', () => {
  const app = open()
  const Email = z.object({ to: z.email(), subject: z.string() })
  let answered = deferred()
  let delivered = deferred<string>()
  const sendEmail = async (to: string, subject: string) => {
    await answered.promise
    delivered.resolve(`${to}: ${subject}`)
  }
  app.post('/send-email', { body: Email, responses: { 202: z.object({ message: z.string() }) } }, ({ body, background }) => {
    background.add(fail)
    background.add(sendEmail, body.to, body.subject)
    return { message: 'Email queued' }
  })

  matrix('answers as declared', app, async (send) => {
    answered = deferred()
    delivered = deferred()
    const queued = await post(send, '/send-email', { to: 'ada@example.com', subject: 'Hello' })
    assert.deepEqual([queued.status, await queued.json()], [202, { message: 'Email queued' }])
    answered.resolve()
    assert.equal(await delivered.promise, 'ada@example.com: Hello')
    assert.equal((await post(send, '/send-email', { to: 'nobody', subject: 'Hello' })).status, 422)
  })
})

describe('No Content Response', () => {
  const app = open()
  const ids = new Set([1])
  app.delete('/users/{user_id}', { params, responses: { 204: empty(), 404: errorResponse } }, ({ params }) => {
    if (!ids.delete(params.user_id)) throw new HTTPError(404, 'User not found')
  })

  matrix('answers as declared', app, async (send) => {
    ids.add(1)
    const deleted = await send('/users/1', { method: 'DELETE' })
    assert.deepEqual([deleted.status, await deleted.text()], [204, ''])
    assert.deepEqual([deleted.headers.get('content-type'), deleted.headers.get('content-length')], [null, null])
    assert.equal((await send('/users/1', { method: 'DELETE' })).status, 404)
  })
})
