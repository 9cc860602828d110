/** Whatever is thrown is answered: by the handler that is nearest, else in the form that is declared for it, and never with more than that. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type } from 'arktype'
import { z } from 'zod'
import { createApp } from '../src/app.ts'
import {
  bytes,
  createRouter,
  defineError,
  defineRepresentation,
  dependency,
  empty,
  errorBody,
  fastapi,
  html,
  HTTPError,
  json,
  problem,
  raw,
  redirect,
  RequestError,
  stream,
  text,
} from '../src/index.ts'
import { matrix, type SendRequest } from './support/matrix.ts'
import { RecordingLogger } from './support/recording-logger.ts'
import { createTestApp } from './support/test-app.ts'

const Ok = z.object({ ok: z.boolean() })
const Told = z.object({ by: z.string() })

/** A route that throws what `make` gives. */
function throwing(app: ReturnType<typeof createApp>, path: string, make: () => unknown, responses: object = {}): void {
  app.get(path, { responses: { 200: Ok, ...responses } }, () => {
    throw make()
  })
}

async function answerOf(request: SendRequest, path: string, init?: RequestInit): Promise<[status: number, body: unknown]> {
  const response = await request(path, init)
  const text = await response.text()
  return [response.status, text === '' ? text : JSON.parse(text)]
}

const named = (name: string) =>
  errorBody(z.object({ form: z.literal(name), detail: z.string() }), (error) => ({ form: name, detail: String(error.detail) }))

function missing(detail?: unknown, headers = {}): () => HTTPError {
  return () => new HTTPError(404, detail, { headers })
}

async function toldBy(request: SendRequest, path: string): Promise<[status: number, type: string | null, body: string]> {
  const response = await request(path)
  return [response.status, response.headers.get('content-type'), await response.text()]
}

/** Adds a route whose types no longer matter. */
function adding(contract: object): () => unknown {
  return () => createTestApp({ errorBody: problem() }).app.get('/', { responses: { 200: Ok }, ...contract }, () => ({ ok: true }))
}

class Trouble extends Error {}
class DeepTrouble extends Trouble {}
class DeepestTrouble extends DeepTrouble {}
class Teapot extends HTTPError {}
const Missing = defineError('MISSING', { status: 404, detail: 'Not there', data: z.object({ id: z.int() }), headers: { 'X-Why': 'gone' } })

describe('a handler for a class or a status', () => {
  const { app, logger } = createTestApp({ errorBody: fastapi() })
  const answers = { responses: { 400: Told } }
  app.onError(Error, answers, (_error, { reply }) => reply(400, { by: 'Error' }))
  app.onError(Trouble, answers, (_error, { reply }) => reply(400, { by: 'Trouble' }))
  app.onError(DeepTrouble, answers, async (_error, { reply }) => reply(400, { by: 'DeepTrouble' }))
  app.onError(409, { responses: { 409: Told } }, (_error, { reply }) => reply(409, { by: '409' }))
  app.onError(404, { responses: { 404: Told } }, (_error, { reply }) => reply(404, { by: '404' }))
  app.onError(Teapot, { responses: { 418: Told } }, (_error, { reply }) => reply(418, { by: 'Teapot' }))
  const thrown: Record<string, () => unknown> = {
    '/type': () => new TypeError('x'),
    '/trouble': () => new Trouble(),
    '/deep': () => new DeepTrouble(),
    '/deepest': () => new DeepestTrouble(),
    '/teapot': () => new Teapot(418),
    '/teapot-409': () => new Teapot(409),
    '/http': () => new HTTPError(403, 'no'),
    '/text': () => 'SECRET',
  }
  for (const [path, make] of Object.entries(thrown)) throwing(app, path, make, { 403: problem() })
  app.get('/input', { query: { n: z.int() }, responses: { 200: Ok } }, () => ({ ok: true }))
  app.get('/breach', { responses: { 200: Ok } }, () => ({ ok: 'SECRET' }) as never)

  matrix('a handler is found up the prototype chain, nearest first', app, async (request) => {
    assert.deepEqual(await answerOf(request, '/type'), [400, { by: 'Error' }])
    assert.deepEqual(await answerOf(request, '/trouble'), [400, { by: 'Trouble' }])
    assert.deepEqual(await answerOf(request, '/deep'), [400, { by: 'DeepTrouble' }])
    assert.deepEqual(await answerOf(request, '/deepest'), [400, { by: 'DeepTrouble' }])
    assert.deepEqual(await answerOf(request, '/teapot'), [418, { by: 'Teapot' }])
    assert.deepEqual(logger.takeMessages(), [])
  })

  matrix('a handler for a status comes before one for a class', app, async (request) => {
    assert.deepEqual(await answerOf(request, '/teapot-409'), [409, { by: '409' }])
    assert.deepEqual(await answerOf(request, '/nowhere'), [404, { by: '404' }])
  })

  matrix(
    'an HTTPError, a value that is not an Error, and errors of the framework never reach a handler for Error',
    app,
    async (request) => {
      assert.equal((await answerOf(request, '/http'))[0], 403)
      assert.equal((await answerOf(request, '/text'))[0], 500)
      assert.equal((await answerOf(request, '/input'))[0], 422)
      assert.equal((await answerOf(request, '/input', { method: 'PUT' }))[0], 405)
      assert.deepEqual(await answerOf(request, '/breach'), [500, { detail: 'Internal Server Error' }])
      logger.take()
    },
  )
})

describe('a handler for HTTPError, and one for 500', () => {
  const { app, logger } = createTestApp({ errorBody: problem() })
  app.onError(HTTPError, { responses: { 400: Told } }, (error, { reply }) => reply(400, { by: `HTTPError ${error.status}` }))
  app.onError(500, { responses: { 500: Told } }, (_error, { reply }) => reply(500, { by: '500' }))
  throwing(app, '/missing', () => new Missing({ id: 1 }))
  throwing(app, '/plain', () => new Error('plain'))
  throwing(app, '/number', () => 42)
  app.get('/breach', { responses: { 200: Ok } }, () => ({ ok: 'SECRET' }) as never)

  matrix('a handler for HTTPError takes those that are thrown, not those of the framework', app, async (request) => {
    assert.deepEqual(await answerOf(request, '/missing'), [400, { by: 'HTTPError 404' }])
    assert.equal((await answerOf(request, '/nowhere'))[0], 404)
  })

  matrix('a handler for 500 gets every error without another response, and the error is also logged', app, async (request) => {
    assert.deepEqual(await answerOf(request, '/plain'), [500, { by: '500' }])
    assert.deepEqual(await answerOf(request, '/number'), [500, { by: '500' }])
    assert.deepEqual(await answerOf(request, '/breach'), [500, { by: '500' }])
    assert.deepEqual(logger.takeMessages(), [
      'GET /plain: Error: plain',
      'GET /number: a thrown number',
      'RESPONSE_BREACH: GET /breach 200: ok: expected boolean, got string',
    ])
  })
})

function refuse(): never {
  throw new Error('SECRET')
}

/** What may be thrown that is no error, or that resists being looked at. */
const ODD: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  string: () => 'SECRET',
  number: () => 42,
  bigint: () => 1n,
  symbol: () => Symbol('SECRET'),
  function: () => () => 'SECRET',
  object: () => ({ status: 200, message: 'SECRET' }),
  'without-prototype': () => Object.create(null) as object,
  promise: () => Promise.resolve('SECRET'),
  'rejected-promise': () => {
    const rejected = Promise.reject(new HTTPError(404, 'SECRET'))
    rejected.catch(() => undefined)
    return rejected
  },
  frozen: () => Object.freeze(new Error('SECRET')),
  circular: () => {
    const circle: { self?: object } = {}
    circle.self = circle
    return circle
  },
  'getter-of-name': () =>
    Object.defineProperty(new Error('SECRET'), 'name', {
      get() {
        throw new Error('SECRET')
      },
    }),
  'getter-of-constructor': () =>
    Object.create({
      get constructor() {
        throw new Error('SECRET')
      },
    }) as object,
  'revoked-proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  },
  'hostile-proxy': () =>
    new Proxy({}, { get: refuse, has: refuse, getPrototypeOf: refuse, ownKeys: refuse, getOwnPropertyDescriptor: refuse }),
  'hostile-function': () => new Proxy(() => undefined, { get: refuse, getPrototypeOf: refuse }),
  'http-error-without-a-constructor': () => Object.create(HTTPError.prototype) as object,
  'http-error-of-no-status': () => Object.assign(new HTTPError(404), { status: 'SECRET' }),
}

describe('thrown values of any type', () => {
  const { app, logger } = createTestApp({ errorBody: fastapi() })
  app.onError(RangeError, { responses: { 400: Told } }, (_error, { reply }) => reply(400, { by: 'RangeError' }))
  for (const [name, make] of Object.entries(ODD)) {
    throwing(app, `/${name}`, make)
    app.get(`/late/${name}`, { responses: { 200: Ok } }, async () => {
      await Promise.resolve()
      throw make()
    })
  }

  matrix('for any thrown value the client gets a 500, and the log has the route', app, async (request) => {
    for (const name of Object.keys(ODD)) {
      for (const path of [`/${name}`, `/late/${name}`]) {
        assert.deepEqual(await answerOf(request, path), [500, { detail: 'Internal Server Error' }], path)
        const messages = logger.takeMessages()
        assert.equal(messages.length, 1, path)
        assert.ok(messages[0]!.includes(`GET ${path}: `), messages[0])
      }
    }
  })
})

describe('a handler that fails', () => {
  const { app, logger } = createTestApp({ errorBody: fastapi() })
  app.onError(RangeError, { responses: { 400: Told } }, () => {
    throw new Error('SECRET of the handler')
  })
  app.onError(SyntaxError, { responses: { 400: Told } }, async () => {
    throw new HTTPError(404, 'SECRET of the handler')
  })
  app.onError(EvalError, { responses: { 400: Told } }, (_error, { reply }) => reply(Number('409') as 400, { by: 'SECRET' }))
  app.onError(URIError, { responses: { 400: Told } }, (_error, { reply }) => reply(400, { by: 7 } as never))
  for (const type of [RangeError, SyntaxError, EvalError, URIError])
    throwing(app, `/${type.name}`, () => new type('first'), { 404: problem() })

  matrix('an error handler that fails is a 500 without details; both errors are logged', app, async (request) => {
    const heard: string[][] = []
    for (const type of [RangeError, SyntaxError, EvalError, URIError]) {
      assert.deepEqual(await answerOf(request, `/${type.name}`), [500, { detail: 'Internal Server Error' }])
      heard.push([...logger.takeMessages()])
    }
    assert.deepEqual(heard, [
      ['GET /RangeError: RangeError: first', 'onError(RangeError): Error: SECRET of the handler'],
      ['GET /SyntaxError: SyntaxError: first', 'onError(SyntaxError): HTTPError: SECRET of the handler'],
      [
        'GET /EvalError: EvalError: first',
        'UNDECLARED_STATUS: onError(EvalError): the handler returned 409, which is not declared. Add it to responses.',
      ],
      ['GET /URIError: URIError: first', 'RESPONSE_BREACH: onError(URIError) 400: by: expected string, got number'],
    ])
  })
})

describe('a declared error', () => {
  const { app, logger } = createTestApp({ errorBody: fastapi({ codes: true }), errors: [Missing] })
  const Conflict = defineError('CONFLICT', { status: 409, detail: 'Taken' })
  throwing(app, '/app', () => new Missing({ id: 7, secret: 'SECRET' } as { id: number }))
  throwing(app, '/undeclared', () => new Conflict())
  throwing(app, '/undeclared-status', () => new HTTPError(409, 'SECRET'))
  app.get('/declared', { responses: { 200: Ok }, errors: [Conflict] }, ({ fail }) => {
    throw fail(Conflict)
  })
  const guard = dependency({ errors: [Conflict] }, ({ fail }) => {
    throw fail(Conflict)
  })
  const outer = dependency({ dependencies: { guard } }, () => 1)
  app.get('/of-a-dependency', { dependencies: { outer }, responses: { 200: Ok } }, () => ({ ok: true }))
  app.get('/broken-data', { responses: { 200: Ok } }, () => {
    throw new Missing({ id: 'SECRET' } as never)
  })

  matrix('an error may be declared on the app, the route, or a dependency of its dependencies', app, async (request) => {
    assert.deepEqual(await answerOf(request, '/app'), [404, { detail: 'Not there', code: 'MISSING', data: { id: 7 } }])
    assert.equal((await request('/app')).headers.get('x-why'), 'gone')
    assert.deepEqual(await answerOf(request, '/declared'), [409, { detail: 'Taken', code: 'CONFLICT' }])
    assert.deepEqual(await answerOf(request, '/of-a-dependency'), [409, { detail: 'Taken', code: 'CONFLICT' }])
    assert.deepEqual(logger.takeMessages(), [])
  })

  matrix('an undeclared error, and one whose data breaks its model, is a 500 without details', app, async (request) => {
    for (const path of ['/undeclared', '/undeclared-status', '/broken-data']) {
      assert.deepEqual(await answerOf(request, path), [500, { detail: 'Internal Server Error' }], path)
    }
    assert.deepEqual(logger.takeMessages(), [
      'UNDECLARED_ERROR: GET /undeclared: CONFLICT with status 409 was thrown, which is not declared. Add it to errors or responses.',
      'UNDECLARED_ERROR: GET /undeclared-status: HTTPError with status 409 was thrown, which is not declared. Add it to errors or responses.',
      'ERROR_BODY: GET /broken-data 404: the error does not fit what is declared for it: ModelError: data.id: expected integer, got string',
    ])
  })
})

const secretive = () => new Missing({ id: 7, secret: 'SECRET' } as { id: number })

describe('a declared status', () => {
  const { app } = createTestApp({ errorBody: problem() })
  for (const [path, responses] of Object.entries({
    '/body': { 404: problem() },
    '/range': { '4XX': problem() },
    '/default': { default: problem() },
    '/bare': { 404: {} },
    '/described': { 404: { description: 'Nothing there' } },
    '/any': { 404: raw() },
  }))
    throwing(app, path, secretive, responses)
  throwing(app, '/model', secretive, { 404: z.object({ detail: z.string(), code: z.string() }) })

  matrix('an error with a declared status is sent, but without the code and data of its class', app, async (request) => {
    for (const path of ['/body', '/range', '/default', '/bare', '/described', '/any']) {
      const [status, body] = await answerOf(request, path)
      assert.equal(status, 404, path)
      assert.deepEqual(Object.keys(body as object).toSorted(), ['detail', 'request_id', 'status', 'title', 'type'], path)
    }
    assert.deepEqual(await answerOf(request, '/model'), [404, { detail: 'Not there', code: 'MISSING' }])
  })
})

describe('an error in the form of its status', () => {
  const { app, logger } = createTestApp({ errorBody: problem() })
  const Short = z.object({ title: z.string() })
  const short = defineRepresentation({ mediaType: 'text/x-short', schema: Short, encode: ({ title }) => `<${title}>` })
  throwing(app, '/text', missing('Nothing hère'), { 404: text() })
  throwing(app, '/phrase', missing(), { 404: text() })
  throwing(app, '/html', missing('<p>Nothing</p>', { 'content-type': 'text/plain' }), { '4XX': html() })
  throwing(app, '/empty', missing('SECRET', { 'x-why': 'gone' }), { 404: empty() })
  throwing(app, '/json', missing('SECRET'), { 404: json(Short, 'application/hal+json') })
  throwing(app, '/defined', missing('SECRET'), { 404: short })
  throwing(app, '/several', missing('Nothing'), { 404: [text(), json(Short)] })
  throwing(app, '/impossible', missing('Nothing'), { 404: [text(), stream('text/csv')] })
  throwing(app, '/bodies', missing('Nothing'), { 404: [problem(), errorBody(html(), ({ detail }) => `<p>${String(detail)}</p>`)] })
  throwing(app, '/redirect', () => new HTTPError(303, undefined, { headers: { Location: '/é' } }), { 303: redirect() })
  throwing(app, '/failed', () => new Error('SECRET'), { 500: text() })
  throwing(app, '/fields', missing('Nothing', { 'X-Count': '7', 'set-cookie': 'seen=yes' }), {
    404: { body: text(), headers: { 'X-Count': z.int(), 'X-Unit': z.string().default('m') }, cookies: { seen: z.string() } },
  })

  const unfit: readonly (readonly [path: string, make: () => unknown, responses: object, what: string])[] = [
    ['/no-text', missing({ code: 'SECRET' }), { 404: text() }, 'the value: expected string, got object'],
    ['/no-model', missing('SECRET'), { 404: z.object({ other: z.string() }) }, 'other: expected string, got undefined'],
    ['/bytes', missing('SECRET'), { 404: bytes() }, 'the value: expected bytes, got an error'],
    ['/stream', missing('SECRET'), { 404: stream('text/csv') }, 'the value: expected stream, got an error'],
    ['/nowhere', () => new HTTPError(404, undefined), { 404: redirect() }, 'the value: expected string or URL, got undefined'],
    ['/no-field', missing(), { 404: { body: text(), headers: { 'X-Count': z.int() } } }, 'X-Count: expected integer, got undefined'],
    ['/no-cookie', missing(), { 404: { body: text(), cookies: { seen: z.string() } } }, 'seen: expected string, got undefined'],
  ]
  for (const [path, make, responses] of unfit) throwing(app, path, make, responses)

  matrix('an error is sent in the representation that is declared for its status', app, async (request) => {
    assert.deepEqual(await toldBy(request, '/text'), [404, 'text/plain; charset=utf-8', 'Nothing hère'])
    assert.deepEqual(await toldBy(request, '/phrase'), [404, 'text/plain; charset=utf-8', 'Not Found'])
    assert.deepEqual(await toldBy(request, '/html'), [404, 'text/html; charset=utf-8', '<p>Nothing</p>'])
    assert.deepEqual(await toldBy(request, '/empty'), [404, null, ''])
    assert.equal((await request('/empty')).headers.get('x-why'), 'gone')
    assert.deepEqual(await toldBy(request, '/json'), [404, 'application/hal+json', '{"title":"Not Found"}'])
    assert.deepEqual(await toldBy(request, '/defined'), [404, 'text/x-short; charset=utf-8', '<Not Found>'])
    assert.deepEqual(await toldBy(request, '/several'), [404, 'text/plain; charset=utf-8', 'Nothing'])
    assert.equal((await request('/several')).headers.get('vary'), 'Accept')
    for (const [path, accept, type] of [
      ['/several', 'application/json', 'application/json'],
      ['/several', 'image/png', 'text/plain; charset=utf-8'],
      ['/impossible', 'text/csv', 'text/plain; charset=utf-8'],
      ['/bodies', 'text/html', 'text/html; charset=utf-8'],
      ['/bodies', '*/*', 'application/problem+json'],
    ] as const) {
      const { status, headers } = await request(path, { headers: { accept } })
      assert.deepEqual([status, headers.get('content-type'), headers.get('vary')], [404, type, 'Accept'], `${path} ${accept}`)
    }
    assert.deepEqual(await toldBy(request, '/redirect'), [303, null, ''])
    assert.equal((await request('/redirect')).headers.get('location'), '/%C3%A9')
    const { headers } = await request('/fields')
    assert.deepEqual([headers.get('x-count'), headers.get('x-unit'), headers.getSetCookie()], ['7', 'm', ['seen=yes']])
    assert.deepEqual(logger.takeMessages(), [])
    assert.deepEqual(await toldBy(request, '/failed'), [500, 'text/plain; charset=utf-8', 'Internal Server Error'])
    assert.deepEqual(logger.takeMessages(), ['GET /failed: Error: SECRET'])
  })

  matrix('an error that does not fit its representation is a breach', app, async (request) => {
    for (const [path, , , what] of unfit) {
      const [status, type, body] = await toldBy(request, path)
      assert.deepEqual([status, type], [500, 'application/problem+json'], path)
      assert.doesNotMatch(body, /SECRET/)
      assert.deepEqual(logger.takeMessages(), [
        `ERROR_BODY: GET ${path} 404: the error does not fit what is declared for it: ModelError: ${what}`,
      ])
    }
  })
})

describe('an error that is not declared', () => {
  const { app, logger } = createTestApp({ errorBody: problem() })
  const Conflict = defineError('CONFLICT', { status: 409, detail: 'Taken' })
  const seen: unknown[] = []
  app.onError(500, { responses: { 500: Told } }, (error, { reply }) => {
    seen.push(error.cause instanceof HTTPError ? error.cause.status : error.cause)
    return reply(500, { by: '500' })
  })
  throwing(app, '/status', () => new HTTPError(409, 'SECRET'))
  throwing(app, '/class', () => new Conflict())

  matrix('an error that is not declared is one of the server, for the handler for 500 too', app, async (request) => {
    for (const path of ['/status', '/class']) assert.deepEqual(await answerOf(request, path), [500, { by: '500' }])
    assert.deepEqual(seen.splice(0), [409, 409])
    assert.deepEqual(logger.takeMessages(), [
      'UNDECLARED_ERROR: GET /status: HTTPError with status 409 was thrown, which is not declared. Add it to errors or responses.',
      'UNDECLARED_ERROR: GET /class: CONFLICT with status 409 was thrown, which is not declared. Add it to errors or responses.',
    ])
  })
})

describe('an error that fits no form', () => {
  const Unknown = defineError('UNKNOWN', { status: 404, detail: 'Unknown', data: z.object({ id: z.int() }) })
  const { app } = createTestApp({ errorBody: fastapi() })
  const fails = errorBody(Told, () => null as never)
  throwing(app, '/', () => new HTTPError(404), { 404: fails, 500: named('500') })
  app.get('/route', { errors: [Unknown], errorBody: named('route'), responses: { 200: Ok, 404: fails } }, () => {
    throw new Unknown({ id: 'SECRET' } as never)
  })

  matrix('an error that fits nothing is one of the server in the form of its route', app, async (request) => {
    assert.deepEqual(await answerOf(request, '/'), [500, { form: '500', detail: 'Internal Server Error' }])
    assert.deepEqual(await answerOf(request, '/route'), [500, { form: 'route', detail: 'Internal Server Error' }])
  })
})

test("a declared error's data may be of any schema library", async () => {
  const { app } = createTestApp({ errorBody: fastapi({ codes: true }) })
  const Odd = defineError('ODD', { status: 409, detail: 'Odd', data: type({ id: 'number', 'name?': 'string' }) })
  app.get('/', { responses: { 200: Ok }, errors: [Odd] }, ({ fail }) => {
    throw fail(Odd, { id: 7 })
  })
  const response = await app.request('/')
  assert.deepEqual([response.status, await response.json()], [409, { detail: 'Odd', code: 'ODD', data: { id: 7 } }])
  assert.deepEqual((await app.document()).components.schemas?.['OddError']?.required, ['detail', 'code', 'data'])
})

test('a model that no error can go out in is refused where its route is added', () => {
  const unsendable = z.object({ call: z.function() as never })
  const Strange = defineError('STRANGE', { status: 409, detail: 'Strange', data: unsendable })
  const own = errorBody(unsendable, () => null as never)
  const refused = { code: 'SCHEMA_FORM' }
  assert.throws(adding({ errors: [Strange] }), refused)
  assert.throws(adding({ dependencies: { guard: dependency({ errors: [Strange] }, () => 1) } }), refused)
  assert.throws(adding({ errorBody: own }), refused)
  assert.throws(() => createTestApp({ errorBody: problem(), errors: [Strange] }), refused)
})

function boom(): never {
  throw new Error('boom')
}

describe('error bodies', () => {
  const { app, logger } = createTestApp({ errorBody: named('app') })
  const router = createRouter({ prefix: '/router', errorBody: named('router') })
  const inner = createRouter({ prefix: '/inner', errorBody: named('inner') })
  const plain = createRouter({ prefix: '/plain' })
  app.get('/', { responses: { 200: Ok } }, boom)
  router.get('', { responses: { 200: Ok } }, boom)
  router.get('/route', { responses: { 200: Ok }, errorBody: named('route') }, boom)
  router.get('/status', { responses: { 200: Ok, 500: named('status') }, errorBody: named('route') }, boom)
  inner.get('', { responses: { 200: Ok } }, boom)
  plain.get('', { responses: { 200: Ok } }, boom)
  router.add(inner).add(plain)
  app.add(router)

  matrix("of error bodies the status's comes before the route's, the router's, the outer router's and the app's", app, async (request) => {
    const formOf = async (path: string) => ((await answerOf(request, path))[1] as { form: string }).form
    assert.equal(await formOf('/'), 'app')
    assert.equal(await formOf('/nowhere'), 'app')
    assert.equal(await formOf('/router'), 'router')
    assert.equal(await formOf('/router/plain'), 'router')
    assert.equal(await formOf('/router/inner'), 'inner')
    assert.equal(await formOf('/router/route'), 'route')
    assert.equal(await formOf('/router/status'), 'status')
    logger.take()
  })
})

describe('problem details', () => {
  const { app, logger } = createTestApp({ errorBody: problem() })
  throwing(app, '/http', () => new HTTPError(418, 'Short', { headers: { 'X-Error-Code': 'TEAPOT' } }), { 418: problem() })
  throwing(app, '/object', () => new HTTPError(418, { code: 17, items: ['a', { b: null }] }), { 418: problem() })
  app.get('/input/{id}', { params: { id: z.int() }, query: { n: z.int() }, responses: { 200: Ok } }, () => ({ ok: true }))

  matrix('RFC 9457 problem details, the default', app, async (request) => {
    const response = await request('/http', { headers: { 'x-request-id': 'id-1' } })
    assert.equal(response.headers.get('content-type'), 'application/problem+json')
    assert.equal(response.headers.get('x-error-code'), 'TEAPOT')
    assert.deepEqual(await response.json(), {
      type: 'about:blank',
      title: "I'm a Teapot",
      status: 418,
      detail: 'Short',
      request_id: 'id-1',
    })
    const [, withObject] = await answerOf(request, '/object')
    assert.deepEqual([(withObject as { detail: string }).detail, Object.hasOwn(withObject as object, 'data')], ["I'm a Teapot", false])
    const [status, invalid] = await answerOf(request, '/input/x?n=y')
    assert.equal(status, 422)
    assert.deepEqual(
      (invalid as { errors: { loc: unknown[] }[] }).errors.map(({ loc }) => loc),
      [
        ['path', 'id'],
        ['query', 'n'],
      ],
    )
    assert.deepEqual(logger.takeMessages(), [])
  })

  matrix('an id for the request that a client gives is taken over only where it can harm no log and no header', app, async (request) => {
    const idOf = async (given: string) =>
      ((await answerOf(request, '/http', { headers: { 'x-request-id': given } }))[1] as { request_id: string }).request_id
    assert.equal(await idOf('a.B:c-9_'), 'a.B:c-9_')
    for (const given of ['a b', '<script>', 'x'.repeat(129), '']) assert.match(await idOf(given), /^[\da-f-]{36}$/)
  })
})

describe('fastapi()', () => {
  const { app } = createTestApp({ errorBody: fastapi() })
  throwing(app, '/http', () => new HTTPError(418, { code: 17 }), { 418: fastapi() })
  throwing(app, '/bare', () => new HTTPError(418), { 418: fastapi() })
  app.get('/input/{id}', { params: { id: z.int() }, responses: { 200: Ok } }, () => ({ ok: true }))

  matrix("FastAPI's bodies", app, async (request) => {
    assert.deepEqual(await answerOf(request, '/http'), [418, { detail: "I'm a Teapot" }])
    assert.deepEqual(await answerOf(request, '/bare'), [418, { detail: "I'm a Teapot" }])
    assert.deepEqual(await answerOf(request, '/nowhere'), [404, { detail: 'Not Found' }])
    assert.deepEqual(await answerOf(request, '/input/x'), [
      422,
      { detail: [{ loc: ['path', 'id'], msg: 'Input should be a valid integer', type: 'int_parsing' }] },
    ])
  })
})

describe('an error body that fails', () => {
  const Small = z.object({ error: z.string() })
  const { app, logger } = createTestApp({ errorBody: errorBody(Small, () => ({ error: 7 }) as never) })
  const fails = createTestApp({
    errorBody: errorBody(Small, () => {
      throw new Error('SECRET of the error body')
    }),
  })
  throwing(app, '/', () => new Error('first'))
  app.get('/saved', { responses: { 200: Ok, 404: errorBody(Small, () => null as never) }, errorBody: problem() }, () => {
    throw new HTTPError(404, 'SECRET')
  })
  throwing(fails.app, '/', () => new Error('first'))

  matrix('an error body that no error fits gives a response without content', app, async (request) => {
    assert.deepEqual(await answerOf(request, '/'), [500, ''])
    assert.deepEqual(await answerOf(request, '/nowhere'), [500, ''])
    assert.deepEqual(logger.takeMessages(), [
      'GET /: Error: first',
      'ERROR_BODY: GET / 500: the error does not fit what is declared for it: ModelError: error: expected string, got number',
      'ERROR_BODY: GET / 500: the error does not fit what is declared for it: ModelError: error: expected string, got number',
      'ERROR_BODY: outside any route 404: the error does not fit what is declared for it: ModelError: error: expected string, got number',
      'ERROR_BODY: outside any route 500: the error does not fit what is declared for it: ModelError: error: expected string, got number',
    ])
  })

  matrix('an error body that throws gives a response without content', fails.app, async (request) => {
    assert.deepEqual(await answerOf(request, '/'), [500, ''])
    assert.equal(fails.logger.takeMessages().length, 3)
  })
})

describe('headers that are staged before an error', () => {
  const { app, logger } = createTestApp({ errorBody: fastapi() })
  app.onError(RangeError, { responses: { 400: Told, 200: Told } }, (error, { reply, response }) => {
    response.headers.set('x-handler', 'yes')
    return error.message === 'plain' ? { by: 'return' } : reply(400, { by: 'reply' })
  })
  const stage = (make: () => Error) =>
    app.get(
      `/${make().name}`,
      { responses: { 200: Ok, 201: Ok, 403: fastapi() }, query: { plain: z.boolean().default(false) } },
      ({ query, response }) => {
        response.status = 201
        response.headers.set('x-before', 'unmarked')
        response.headers.set('x-kept', 'marked', { always: true })
        response.headers.vary('Origin', { always: true })
        response.cookies.set('session', 'unmarked')
        response.cookies.set('kept', 'marked', { always: true })
        throw query.plain ? new RangeError('plain') : make()
      },
    )
  stage(() => new HTTPError(403, 'no', { headers: { 'X-Kept': 'own' } }))
  stage(() => new RangeError('x'))

  matrix('only staged headers marked always are sent with an error, and its own headers replace them', app, async (request) => {
    const { status, headers } = await request('/HTTPError')
    assert.equal(status, 403)
    assert.equal(headers.get('x-before'), null)
    assert.equal(headers.get('x-kept'), 'own')
    assert.equal(headers.get('vary'), 'Origin')
    assert.deepEqual(headers.getSetCookie(), ['kept=marked; Path=/; SameSite=Lax'])
  })

  matrix("the same holds for a handler's answer, which adds its own and has its own status", app, async (request) => {
    const { status, headers } = await request('/RangeError')
    assert.equal(status, 400)
    assert.equal(headers.get('x-before'), null)
    assert.equal(headers.get('x-kept'), 'marked')
    assert.equal(headers.get('x-handler'), 'yes')
    assert.deepEqual(headers.getSetCookie(), ['kept=marked; Path=/; SameSite=Lax'])
    assert.deepEqual(await answerOf(request, '/RangeError?plain=true'), [200, { by: 'return' }])
    assert.deepEqual(logger.takeMessages(), [])
  })
})

describe('a header of an error', () => {
  const { app, logger } = createTestApp({ errorBody: fastapi() })
  throwing(app, '/split', () => new HTTPError(403, 'no', { headers: { 'x-a': 'a\r\nset-cookie: b=1' } }), { 403: fastapi() })
  throwing(app, '/name', () => new HTTPError(403, 'no', { headers: { 'x-a\r\nx-b': 'a' } }), { 403: fastapi() })
  throwing(app, '/kind', () => new HTTPError(403, 'no', { headers: { 'x-a': 7 as never } }), { 403: fastapi() })

  matrix('a header field of an error that HTTP does not allow is a 500 without it', app, async (request) => {
    for (const path of ['/split', '/name', '/kind']) {
      const response = await request(path)
      assert.equal(response.status, 500, path)
      assert.deepEqual(
        [...response.headers.keys()].filter((name) => name.startsWith('x-') || name === 'set-cookie'),
        [],
      )
    }
    const messages = logger.takeMessages()
    assert.equal(messages.length, 3)
    assert.ok(!messages.join('').includes('set-cookie: b=1'))
  })
})

test('what a handler may answer is read when it is added', () => {
  const { app } = createTestApp({ errorBody: problem() })
  for (const status of [2000, 99, 404.5, Number.NaN])
    assert.throws(() => app.onError(status, { responses: { 400: Ok } }, () => undefined as never), {
      code: 'ERROR_STATUS',
      message: `ERROR_STATUS: onError(${status}): expected a status from 200 to 599, got ${status}. Pass the status of the errors.`,
    })
  assert.throws(() => app.onError(RangeError, { responses: { 999: Ok } as never }, (() => undefined) as never), { code: 'RESPONSE_STATUS' })
  assert.throws(() => app.onError(RangeError, { responses: { 400: json(z.symbol() as never) } }, () => undefined as never), {
    code: 'SCHEMA_FORM',
  })
})

test('a second handler for the same class or status is refused where it is added', () => {
  const { app } = createTestApp({ errorBody: problem() })
  for (const key of [RangeError, 422] as const) {
    const add = () => app.onError(key as never, { responses: { 400: Ok } }, (() => undefined) as never)
    add()
    assert.throws(add, { code: 'DUPLICATE_HANDLER' })
  }
})

test('a RequestError can be recognised, but not constructed', async () => {
  const { app } = createTestApp({ errorBody: problem() })
  app.get('/', { responses: { 200: Ok } }, () => {
    throw Reflect.construct(RequestError, [403, 'SECRET']) as Error
  })
  assert.throws(() => Reflect.construct(RequestError, [403, 'SECRET']) as unknown, /^TypeError: REQUEST_ERROR: /)
  const response = await app.request('/')
  assert.equal(response.status, 500)
  assert.doesNotMatch(await response.text(), /SECRET/)
})

test('a handler for 422 maps it to a status that it declares, with the error itself', async () => {
  const { app } = createTestApp({ errorBody: problem() })
  const errors = errorBody(z.object({ fields: z.array(z.string()) }), (_error, { problems }) => ({
    fields: problems.map(({ location }) => location.join('.')),
  }))
  app.onError(422, { responses: { 400: errors } }, (error, { reply }) => reply(400, error))
  app.get('/', { query: { n: z.int() }, responses: { 200: Ok } }, () => ({ ok: true }) as never)
  const response = await app.request('/?n=x')
  assert.deepEqual([response.status, await response.json()], [400, { fields: ['query.n'] }])
})

test('the detail and the headers of an error may be made from its data', async () => {
  const { app } = createTestApp({ errorBody: problem() })
  const TooMany = defineError('TOO_MANY', {
    status: 429,
    data: z.object({ seconds: z.int() }),
    detail: ({ seconds }) => `Wait ${seconds} seconds`,
    headers: { 'Retry-After': ({ seconds }) => String(seconds), 'X-Kind': 'limit' },
  })
  app.get('/', { errors: [TooMany], responses: { 200: Ok } }, ({ fail }) => {
    throw fail(TooMany, { seconds: 5 })
  })
  const response = await app.request('/')
  assert.deepEqual([response.status, response.headers.get('retry-after')], [429, '5'])
  const { paths } = (await app.document()) as unknown as {
    paths: Record<string, { get: { responses: Record<string, { headers: object }> } }>
  }
  assert.deepEqual(paths['/']!.get.responses['429']!.headers, {
    'Retry-After': { required: true, schema: { type: 'string' } },
    'X-Kind': { required: true, schema: { type: 'string', const: 'limit' } },
  })
  assert.match(await response.text(), /Wait 5 seconds/)
  for (const status of [404.5, Number.NaN, 399, 600])
    assert.throws(() => defineError('X', { status, detail: 'x' }), { code: 'ERROR_STATUS' })
})

test('a row as the detail of an error is not sent', async () => {
  for (const form of [fastapi(), problem()]) {
    const app = createApp({ errorBody: form, logger: new RecordingLogger() })
    const row = { id: 1, password_hash: 'SECRET' }
    app.get('/open', { responses: { 200: Ok, 404: {} } }, () => {
      throw new HTTPError(404, row)
    })
    const response = await app.request('/open')
    assert.equal(response.status, 404)
    assert.doesNotMatch(await response.text(), /SECRET/)
  }
})
