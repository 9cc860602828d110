/** Header fields and cookies: declared ones are checked and formatted, none can split the head, lists gather. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import type { StagedResponse, createApp } from '../../src/index.ts'
import type { ReplyInit, StatusResult } from '../../src/contract/result.ts'
import type { DetailedResponse } from '../../src/contract/responses.ts'
import { defineError, file, HTTPError, json, redirect, stream, text } from '../../src/index.ts'
import { matrix, type SendRequest } from '../support/matrix.ts'
import { createTestApp } from '../support/test-app.ts'

const Ok = z.object({ ok: z.boolean() })
const ok = { ok: true }

/** A handler whose types no longer matter. */
interface Free {
  readonly reply: (status: number, value?: unknown, init?: ReplyInit) => StatusResult
  readonly response: StagedResponse
}

type Fields = Pick<DetailedResponse, 'headers' | 'cookies'>

function add(app: ReturnType<typeof createApp>, path: string, fields: Fields, handler: (context: Free) => unknown): void {
  app.get(path, { responses: { 200: { body: Ok, ...fields } } }, handler as never)
}

async function fieldsOf(request: SendRequest, path: string): Promise<Record<string, string>> {
  const response = await request(path)
  await response.arrayBuffer()
  const {
    'content-length': _length,
    connection: _connection,
    date: _date,
    'keep-alive': _keepAlive,
    ...fields
  } = Object.fromEntries(response.headers)
  return { ...fields, status: String(response.status) }
}

const FAILED = { status: '500', 'content-type': 'application/json' }
const OK = { status: '200', 'content-type': 'application/json' }

describe('headers', () => {
  const { app, logger } = createTestApp()
  const headers = {
    'X-Text': z.string(),
    'X-Count': z.int(),
    'X-Flag': z.boolean(),
    'X-Instant': z.date(),
    'X-Kind': z.enum(['a', 'b']),
    'X-List': z.array(z.string()),
    'X-Numbers': z.array(z.int()).optional(),
    'X-Maybe': z.string().optional(),
    'X-Default': z.string().default('by default'),
  }
  const values = { 'X-Text': '"quoted" \\', 'X-Count': 0, 'X-Flag': false, 'X-Instant': new Date(0), 'X-Kind': 'a', 'X-List': ['a', 'b'] }
  const wire = {
    'x-text': '"quoted" \\',
    'x-count': '0',
    'x-flag': 'false',
    'x-instant': '1970-01-01T00:00:00.000Z',
    'x-kind': 'a',
    'x-list': 'a, b',
  }
  add(app, '/given', { headers }, ({ reply }) => reply(200, ok, { headers: values }))
  add(app, '/all', { headers }, ({ reply }) => reply(200, ok, { headers: { ...values, 'X-Maybe': 'there', 'X-Default': 'given' } }))
  add(app, '/other-case', { headers: { 'X-Count': z.int() } }, ({ reply }) => reply(200, ok, { headers: { 'x-COUNT': 7 } }))
  add(app, '/staged', { headers }, ({ response }) => {
    for (const [name, value] of Object.entries(wire)) response.headers.set(name, value)
    response.headers.set('x-numbers', '1, 2')
    return ok
  })
  add(app, '/both', { headers: { 'X-Count': z.int() } }, ({ reply, response }) => {
    response.headers.set('x-count', '1')
    return reply(200, ok, { headers: { 'X-Count': 2 } })
  })
  add(app, '/undeclared', {}, ({ reply }) => reply(200, ok, { headers: { 'X-Free': 'yes', 'X-Absent': undefined } }))

  matrix('declared headers are sent with their formatted values', app, async (request) => {
    assert.deepEqual(await fieldsOf(request, '/given'), { ...OK, ...wire, 'x-default': 'by default' })
    assert.deepEqual(await fieldsOf(request, '/all'), { ...OK, ...wire, 'x-maybe': 'there', 'x-default': 'given' })
    assert.deepEqual(await fieldsOf(request, '/other-case'), { ...OK, 'x-count': '7' })
    assert.deepEqual(await fieldsOf(request, '/undeclared'), { ...OK, 'x-free': 'yes' })
  })

  matrix('a staged header is text that its model reads; a header given to reply() replaces it', app, async (request) => {
    assert.deepEqual(await fieldsOf(request, '/staged'), { ...OK, ...wire, 'x-default': 'by default', 'x-numbers': '1, 2' })
    assert.deepEqual(await fieldsOf(request, '/both'), { ...OK, 'x-count': '2' })
    assert.deepEqual(logger.takeMessages(), [])
  })
})

describe('a header that breaks its model', () => {
  const { app, logger } = createTestApp()
  const count = { headers: { 'X-Count': z.int() } }
  const breaches: [path: string, fields: Fields, handler: (context: Free) => unknown, what: string][] = [
    ['/missing', count, () => ok, 'X-Count: expected integer, got undefined'],
    ['/missing-in-reply', count, ({ reply }) => reply(200, ok, { headers: {} }), 'X-Count: expected integer, got undefined'],
    ['/wrong', count, ({ reply }) => reply(200, ok, { headers: { 'X-Count': 'SECRET' } }), 'X-Count: expected integer, got string'],
    [
      '/staged-wrong',
      count,
      ({ response }) => {
        response.headers.set('X-Count', 'SECRET')
        return ok
      },
      'X-Count: expected text that its model reads, got another text',
    ],
    [
      '/cookie-wrong',
      { cookies: { count: z.int() } },
      ({ reply }) => reply(200, ok, { cookies: { count: 'SECRET' } }),
      'count: expected integer, got string',
    ],
    ['/cookie-missing', { cookies: { count: z.int() } }, () => ok, 'count: expected integer, got undefined'],
    [
      '/cookie-staged-wrong',
      { cookies: { count: z.int().optional() } },
      ({ response }) => {
        response.cookies.set('count', 'SECRET')
        return ok
      },
      'count: expected text that its model reads, got another text',
    ],
  ]
  for (const [path, fields, handler] of breaches) add(app, path, fields, handler)

  matrix('a declared field that is missing or wrong is a breach', app, async (request) => {
    for (const [path, , , what] of breaches) {
      assert.deepEqual(await fieldsOf(request, path), FAILED, path)
      assert.deepEqual(logger.takeMessages(), [`RESPONSE_BREACH: GET ${path} 200: ${what}`])
    }
  })
})

describe('headers of a stream', () => {
  const { app } = createTestApp()
  const closed: string[] = []
  const responses = { 200: { body: stream('text/plain'), headers: { 'X-Count': z.int() } } }
  const body = function* () {
    try {
      yield 'SECRET'
    } finally {
      closed.push('closed')
    }
  }
  app.get('/', { responses }, (({ reply }: Free) => reply(200, body())) as never)

  matrix('a stream whose headers break their contract is closed without being sent', app, async (request) => {
    const response = await request('/')
    assert.deepEqual([response.status, await response.json()], [500, { detail: 'Internal Server Error' }])
    assert.deepEqual(closed.splice(0), ['closed'])
  })
})

describe('cookies', () => {
  const { app, logger } = createTestApp()
  const cookie = { value: 'a b;c=ü', httpOnly: true, secure: true, maxAge: 60, path: '/x', sameSite: 'strict' } as const
  add(app, '/', { cookies: { session: z.string(), count: z.int() } }, ({ reply, response }) => {
    response.cookies.set('staged', '1')
    response.cookies.delete('old')
    return reply(200, ok, { cookies: { session: cookie, count: { value: 7 }, other: 'plain' } })
  })

  matrix('staged cookies and those of reply() are all sent, with their own attributes', app, async (request) => {
    assert.deepEqual((await request('/')).headers.getSetCookie(), [
      'staged=1; Path=/; SameSite=Lax',
      'old=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Lax',
      'session=a%20b%3Bc%3D%C3%BC; Max-Age=60; Path=/x; HttpOnly; Secure; SameSite=Strict',
      'count=7; Path=/; SameSite=Lax',
      'other=plain; Path=/; SameSite=Lax',
    ])
    assert.deepEqual(logger.takeMessages(), [])
  })
})

describe('declared cookies', () => {
  const { app, logger } = createTestApp()
  const cookies = { id: z.uuid(), count: z.int().default(7), seen: z.date().optional() }
  const id = '01890a5d-ac96-774b-bcce-b302099a8057'
  add(app, '/staged', { cookies }, ({ response }) => {
    response.cookies.set('id', id, { httpOnly: true })
    return ok
  })
  add(app, '/given', { cookies }, ({ reply }) => reply(200, ok, { cookies: { id, count: 1, seen: new Date('2024-01-01T00:00:00Z') } }))
  add(app, '/both', { cookies }, ({ reply, response }) => {
    response.cookies.set('count', '2')
    return reply(200, ok, { cookies: { id } })
  })
  add(app, '/end', { cookies }, ({ response }) => {
    response.cookies.delete('id')
    return ok
  })

  matrix('declared cookies may be staged, given to reply(), set by default, and deleted', app, async (request) => {
    const setBy = async (path: string) =>
      (await request(path)).headers.getSetCookie().map((line) => line.replace('; Path=/; SameSite=Lax', ''))
    assert.deepEqual(await setBy('/staged'), [`id=${id}; Path=/; HttpOnly; SameSite=Lax`, 'count=7'])
    assert.deepEqual(await setBy('/given'), [`id=${id}`, 'count=1', 'seen=2024-01-01T00%3A00%3A00.000Z'])
    assert.deepEqual(await setBy('/both'), ['count=2', `id=${id}`])
    assert.deepEqual(await setBy('/end'), ['id=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Lax', 'count=7'])
    assert.deepEqual(logger.takeMessages(), [])
  })
})

describe('set, append and vary', () => {
  const { app } = createTestApp()
  app.get('/', { responses: { 200: { body: [json(Ok), text()], headers: { Link: z.string() } } } }, (({ reply, response }: Free) => {
    response.headers.append('Link', '</staged>')
    response.headers.append('Link', '</second>')
    response.headers.append('Server-Timing', 'db;dur=5')
    response.headers.vary('Cookie')
    response.headers.vary('cookie')
    response.headers.set('X-One', 'first')
    response.headers.set('x-ONE', 'second')
    response.headers.append('X-Many', 'a')
    response.headers.append('x-many', 'b')
    response.cookies.set('staged', '1')
    const headers = { Link: '</given>', Vary: 'Origin', 'WWW-Authenticate': 'Basic', 'X-One': 'third' }
    return reply(200, ok, { headers })
  }) as never)

  matrix('set replaces, append appends, vary merges; headers of reply() are set', app, async (request) => {
    const { headers } = await request('/')
    assert.equal(headers.get('vary'), 'Origin, Accept')
    assert.equal(headers.get('link'), '</given>')
    assert.equal(headers.get('server-timing'), 'db;dur=5')
    assert.equal(headers.get('x-one'), 'third')
    assert.equal(headers.get('x-many'), 'a, b')
    assert.deepEqual(headers.getSetCookie(), ['staged=1; Path=/; SameSite=Lax'])
  })
})

describe('a header that HTTP does not allow', () => {
  const { app, logger } = createTestApp()
  const Split = defineError('SPLIT', { status: 409, detail: 'No', headers: { 'x-a': 'a\r\nx-evil: 1' } })
  const places: Record<string, (evil: string, context: Free) => unknown> = {
    'staged value': (evil, { response }) => response.headers.set('x-a', evil),
    'staged name': (evil, { response }) => response.headers.set(evil, 'a'),
    'appended value': (evil, { response }) => response.headers.append('x-a', evil),
    'appended name': (evil, { response }) => response.headers.append(evil, 'a'),
    'list field': (evil, { response }) => response.headers.set('vary', evil),
    'cookie name': (evil, { response }) => response.cookies.set(evil, 'a'),
    'cookie path': (evil, { response }) => response.cookies.set('a', 'a', { path: evil }),
    'cookie domain': (evil, { response }) => response.cookies.set('a', 'a', { domain: evil }),
    'deleted cookie': (evil, { response }) => response.cookies.delete(evil),
    'reply header': (evil, { reply }) => reply(200, ok, { headers: { 'x-a': evil } }),
    'reply list field': (evil, { reply }) => reply(200, ok, { headers: { vary: evil } }),
    'reply set-cookie': (evil, { reply }) => reply(200, ok, { headers: { 'set-cookie': evil } }),
    'reply header name': (evil, { reply }) => reply(200, ok, { headers: { [evil]: 'a' } }),
    'reply cookie name': (evil, { reply }) => reply(200, ok, { cookies: { [evil]: 'a' } }),
    'reply cookie path': (evil, { reply }) => reply(200, ok, { cookies: { a: { value: 'a', path: evil } } }),
    'declared header': (evil, { reply }) => reply(200, ok, { headers: { 'x-declared': evil } }),
    'declared list': (evil, { reply }) => reply(200, ok, { headers: { 'x-list': ['a', evil] } }),
  }
  const evils = ['a\r\nx-evil: 1', 'a\nx-evil: 1', 'a\rx-evil: 1', 'a\0b']
  const headers = { 'x-declared': z.string().optional(), 'x-list': z.array(z.string()).optional() }
  for (const [index, name] of Object.keys(places).entries())
    add(app, `/${index}`, { headers }, (context) => {
      const evil = evils[Number(new URL((context as unknown as { request: Request }).request.url).searchParams.get('evil'))]!
      const result = places[name]!(evil, context)
      return result === undefined ? ok : result
    })
  app.get('/caught', { responses: { 200: Ok } }, ({ response }) => {
    for (const evil of evils) {
      assert.throws(() => response.headers.set('x-a', evil), TypeError)
      assert.throws(() => response.headers.append('x-a', evil), TypeError)
      assert.throws(() => response.cookies.set(evil, 'a'), TypeError)
    }
    return ok
  })
  app.get('/declared-error', { responses: { 200: Ok }, errors: [Split] }, ({ fail }) => {
    throw fail(Split)
  })
  app.get('/redirect', { responses: { 302: redirect() } }, () => '/a\r\nx-evil: 1')
  app.get('/cookie-value', { responses: { 200: Ok } }, ({ reply, response }) => {
    response.cookies.set('a', 'a\r\nx-evil: 1')
    return reply(200, ok, { cookies: { b: 'b\r\nx-evil: 1' } })
  })

  matrix('no header value can split a header, wherever it is set', app, async (request) => {
    for (const index of Object.keys(places).keys()) {
      for (const evil of evils.keys()) {
        const got = await fieldsOf(request, `/${index}?evil=${evil}`)
        assert.deepEqual(got, FAILED, `${Object.keys(places)[index]} ${JSON.stringify(evils[evil])}`)
      }
    }
    assert.deepEqual(await fieldsOf(request, '/declared-error'), FAILED)
    for (const message of logger.takeMessages()) assert.ok(!message.includes('x-evil: 1'), message)
  })

  matrix('an invalid header throws when it is staged', app, async (request) => {
    assert.deepEqual(await fieldsOf(request, '/caught'), OK)
  })

  matrix('a header that can be encoded is sent encoded', app, async (request) => {
    assert.equal((await request('/redirect')).headers.get('location'), '/a%0D%0Ax-evil:%201')
    assert.deepEqual((await request('/cookie-value')).headers.getSetCookie(), [
      'a=a%0D%0Ax-evil%3A%201; Path=/; SameSite=Lax',
      'b=b%0D%0Ax-evil%3A%201; Path=/; SameSite=Lax',
    ])
    assert.deepEqual(logger.takeMessages(), [])
  })
})

test('a header with a model that text cannot represent is refused', () => {
  assert.throws(() => add(createTestApp().app, '/', { headers: { 'X-A': z.object({ a: z.int() }) } }, () => ok), { code: 'TEXT_INPUT' })
})

/** What the log says of another media type than `promised`. */
const otherType = (path: string, promised: string) =>
  `RESPONSE_BREACH: GET ${path} 200: content-type: expected ${promised}, got another media type. Declare a representation of that type.`

const stage = (type: string) => {
  return ({ response }: Free) => {
    response.headers.set('Content-Type', type)
    return ok
  }
}
const give = (type: string) => {
  return ({ reply }: Free) => reply(200, ok, { headers: { 'content-TYPE': type } })
}

describe('Content-Type', () => {
  const { app, logger } = createTestApp()
  add(app, '/parameter', {}, stage('application/json; profile=a'))
  add(app, '/given-parameter', {}, give('Application/JSON;charset=UTF-8'))
  const others: [path: string, fields: Fields, handler: (context: Free) => unknown][] = [
    ['/staged', {}, stage('text/html')],
    ['/given', {}, give('application/hal+json')],
    ['/none', {}, give('x')],
    ['/declared', { headers: { 'Content-Type': z.string() } }, give('text/html')],
  ]
  for (const [path, fields, handler] of others) add(app, path, fields, handler)
  app.get('/stream', { responses: { 200: stream('text/csv') } }, function* ({ response }) {
    response.headers.set('content-type', 'text/plain')
    yield 'a'
  })
  app.get('/error', { responses: { 200: Ok, 404: {} } }, ({ response }) => {
    response.headers.set('content-type', 'text/html', { always: true })
    throw new HTTPError(404, 'No', { headers: { 'content-type': 'text/html' } })
  })
  app.get('/file', { responses: { 200: file() } }, ({ reply }) => reply(200, new File(['a'], 'a'), { headers: { 'content-type': 'a/b' } }))

  matrix('a content-type may have other parameters than the declared one', app, async (request) => {
    assert.deepEqual(await fieldsOf(request, '/parameter'), { ...OK, 'content-type': 'application/json; profile=a' })
    assert.deepEqual(await fieldsOf(request, '/given-parameter'), { ...OK, 'content-type': 'Application/JSON;charset=UTF-8' })
    assert.equal((await fieldsOf(request, '/file'))['content-type'], 'a/b')
    assert.deepEqual(logger.takeMessages(), [])
  })

  matrix('another content-type than the declared one is a breach', app, async (request) => {
    for (const [path] of others) {
      assert.deepEqual(await fieldsOf(request, path), FAILED, path)
      assert.deepEqual(logger.takeMessages(), [otherType(path, 'application/json')])
    }
    assert.deepEqual(await fieldsOf(request, '/stream'), FAILED)
    assert.deepEqual(logger.takeMessages(), [otherType('/stream', 'text/csv; charset=utf-8')])
  })

  matrix('an error response has the media type of the error body', app, async (request) => {
    assert.deepEqual(await fieldsOf(request, '/error'), { status: '404', 'content-type': 'application/json' })
  })
})
