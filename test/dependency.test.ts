/** Dependencies: resolved once per request and in parallel, released in order whatever happens, and part of the contract. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import {
  createRouter,
  defineError,
  dependency,
  type Dependency,
  empty,
  fastapi,
  HTTPError,
  jsonl,
  sse,
  stream,
  text,
} from '../src/index.ts'
import { Journal } from './support/journal.ts'
import { matrix } from './support/matrix.ts'
import { createTestApp } from './support/test-app.ts'

const open = () => ({ ...createTestApp({ errorBody: fastapi({ codes: true }) }), log: new Journal() })

const Text = { responses: { 200: text() } }

function boom(): never {
  throw new Error('boom')
}

const postWith = (headers: Record<string, string>) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: '{"a":1}',
})

const heard = (message: string) => [
  'open handler',
  'open held',
  'open outer',
  ...['outer', 'held', 'handler'].map((name) => `${name} hears ${message}`),
]

/** A generator that says what happens to it. */
function resource(log: Journal, name: string, options: { scope?: 'handler' | 'response'; dependencies?: Record<string, Dependency> } = {}) {
  return dependency(options, async function* () {
    log.add(`open ${name}`)
    try {
      yield name
      log.add(`close ${name}`)
    } catch (error) {
      log.add(`${name} hears ${error instanceof Error ? error.message : typeof error}`)
      throw error
    }
  })
}

describe('a dependency that several use', () => {
  const { app } = open()
  let count = 0
  const counted = dependency(() => ++count)
  const left = dependency({ dependencies: { counted } }, ({ counted }) => `left ${counted}`)
  const right = dependency({ dependencies: { same: counted, left } }, ({ same, left }) => `right ${same} ${left}`)
  app.get('/', { dependencies: { right, left, counted }, ...Text }, ({ right, left, counted }) => [right, left, counted].join(', '))

  matrix('a dependency is resolved once for each request, however many use it, under any name', app, async (request) => {
    const before = count
    assert.equal(await (await request('/')).text(), `right ${before + 1} left ${before + 1}, left ${before + 1}, ${before + 1}`)
    assert.equal(await (await request('/')).text(), `right ${before + 2} left ${before + 2}, left ${before + 2}, ${before + 2}`)
  })
})

describe('the order of dependencies', () => {
  const { app, log } = open()
  const step = (name: string, dependencies: Record<string, Dependency> = {}) =>
    dependency({ dependencies }, async () => {
      log.add(`start ${name}`)
      await Promise.resolve()
      log.add(`end ${name}`)
    })
  const inner = step('inner')
  const router = createRouter({ prefix: '/router', dependencies: { ofRouter: step('of the router') } })
  router.get('', { dependencies: { first: step('first', { inner }), second: step('second', { inner }) }, ...Text }, () => 'x')
  app.add(router)

  matrix("dependencies run one after the other: the router's, then the route's, each after those that it uses", app, async (request) => {
    assert.equal((await request('/router')).status, 200)
    const order = ['of the router', 'inner', 'first', 'second']
    assert.deepEqual(
      log.take(),
      order.flatMap((name) => [`start ${name}`, `end ${name}`]),
    )
  })
})

describe('clean-ups', () => {
  const { app, log } = open()
  const held = resource(log, 'held', { scope: 'response' })
  const longer = resource(log, 'longer', { scope: 'response', dependencies: { held } })
  const a = resource(log, 'a', { dependencies: { longer } })
  const last = resource(log, 'b', { dependencies: { a } })
  app.get('/', { dependencies: { last }, responses: { 200: stream('text/plain') } }, async function* () {
    log.add('first chunk')
    yield 'a'
    log.add('last chunk')
    yield 'b'
    log.add('end of the body')
  })
  app.get('/reply', { dependencies: { last }, responses: { 201: text() } }, ({ reply }) => reply(201, 'x'))

  matrix('clean-ups run last opened first: before the body is sent, or after its last byte', app, async (request) => {
    assert.equal(await (await request('/')).text(), 'ab')
    const inOrder = [
      'open held, open longer, open a, open b',
      // The first chunk is made before the head: what fails until then is an ordinary answer.
      'first chunk, close b, close a',
      'last chunk, end of the body',
      'close longer, close held',
    ]
    assert.deepEqual(await log.takeWhen(11), inOrder.join(', ').split(', '))
    assert.equal((await request('/reply')).status, 201)
    assert.deepEqual(await log.takeWhen(8), [
      'open held',
      'open longer',
      'open a',
      'open b',
      'close b',
      'close a',
      'close longer',
      'close held',
    ])
  })
})

describe('the status that a dependency learns', () => {
  const { app, log, logger } = open()
  const Taken = defineError('TAKEN', { status: 409, detail: 'Taken' })
  const learning = (scope: 'handler' | 'response') =>
    dependency({ scope }, async function* () {
      try {
        const { status } = yield scope
        log.add(`${scope} learns ${status}`)
      } catch {
        log.add(`${scope} hears an error`)
      }
    })
  const dependencies = { first: learning('handler'), second: learning('response') }
  const refusing = dependency({ responses: { 403: text() } }, ({ reply }) => reply(403, 'no'))
  const responses = { 200: text(), 303: empty(), 404: text(), 409: fastapi() }
  app.get('/200', { dependencies, responses }, () => 'x')
  app.get('/303', { dependencies, responses }, ({ reply }) => reply(303))
  app.get('/404', { dependencies, responses }, ({ reply }) => reply(404, 'x'))
  app.get('/403', { dependencies: { ...dependencies, refusing }, responses }, () => 'x')
  app.get('/thrown', { dependencies, responses, errors: [Taken] }, ({ fail }) => {
    throw fail(Taken)
  })
  app.get('/stream', { dependencies, responses: { 200: stream('text/plain') } }, async function* () {
    yield 'a'
  })

  matrix('a generator learns the status that the route answers with; an error is thrown instead', app, async (request) => {
    for (const status of [200, 303, 404, 403]) {
      assert.equal((await request(`/${status}`, { redirect: 'manual' })).status, status)
      assert.deepEqual(await log.takeWhen(2), [`handler learns ${status}`, `response learns ${status}`])
    }
    assert.equal((await request('/thrown')).status, 409)
    assert.deepEqual(await log.takeWhen(2), ['response hears an error', 'handler hears an error'])
    assert.equal(await (await request('/stream')).text(), 'a')
    assert.deepEqual(await log.takeWhen(2), ['handler learns 200', 'response learns 200'])
    logger.take()
  })
})

describe('an error of the handler', () => {
  const { app, log, logger } = open()
  const handler = resource(log, 'handler')
  const held = resource(log, 'held', { scope: 'response' })
  const outer = resource(log, 'outer', { dependencies: { handler, held } })
  const dependencies = { outer }
  const fail = (path: string, error: unknown) =>
    app.get(path, { dependencies, responses: { 200: text(), 409: fastapi() } }, () => {
      throw error
    })
  fail('/error', new Error('boom'))
  fail('/http', new HTTPError(409, 'taken'))
  const rejected = Promise.reject(new HTTPError(409, 'SECRET'))
  rejected.catch(() => undefined)
  fail('/promise', rejected)
  app.get('/breach', { dependencies, ...Text }, () => 7 as never)
  app.get('/stream', { dependencies, responses: { 200: stream('text/plain') } }, () => ({
    [Symbol.iterator]: () => ({
      next() {
        throw new Error('before the first chunk')
      },
    }),
  }))

  matrix('an error is thrown into all that is open, whatever its scope, last opened first', app, async (request) => {
    const answers: [path: string, status: number, message: string][] = [
      ['/error', 500, 'boom'],
      ['/http', 409, 'taken'],
      ['/promise', 500, 'object'],
      ['/breach', 500, 'RESPONSE_BREACH: GET /breach 200: the value: expected string, got number'],
      ['/stream', 500, 'before the first chunk'],
    ]
    for (const [path, status, message] of answers) {
      assert.equal((await request(path)).status, status, path)
      assert.deepEqual(log.take(), heard(message), path)
    }
    logger.take()
  })
})

describe('a clean-up that gets an error', () => {
  const { app, log, logger } = open()
  const Rolled = defineError('ROLLED_BACK', { status: 409, detail: 'Rolled back' })
  const inner = resource(log, 'inner')
  const translating = dependency({ dependencies: { inner }, errors: [Rolled] }, function* ({ fail }) {
    try {
      yield 1
    } catch {
      throw fail(Rolled)
    }
  })
  const swallowing = dependency(function* () {
    try {
      yield 1
    } catch {
      log.add('swallowed')
    }
  })
  app.get('/translated', { dependencies: { translating }, ...Text }, boom)
  app.get('/swallowed', { dependencies: { swallowing }, ...Text }, boom)

  matrix('a clean-up may make another error of it, and the next hears that one', app, async (request) => {
    const response = await request('/translated')
    assert.deepEqual([response.status, await response.json()], [409, { detail: 'Rolled back', code: 'ROLLED_BACK' }])
    assert.deepEqual(log.take(), ['open inner', 'inner hears Rolled back'])
    assert.deepEqual(logger.takeMessages(), [])
  })

  matrix('a clean-up that swallows the error does not turn the response into a success', app, async (request) => {
    assert.equal((await request('/swallowed')).status, 500)
    assert.deepEqual(log.take(), ['swallowed'])
    assert.deepEqual(logger.takeMessages(), ['GET /swallowed: Error: boom'])
  })
})

describe('a clean-up that fails before the body', () => {
  const { app, log, logger } = open()
  const first = resource(log, 'first')
  const held = resource(log, 'held', { scope: 'response' })
  const failing = dependency({ dependencies: { first, held } }, function* () {
    yield 1
    throw new Error('commit failed')
  })
  const body = function* () {
    try {
      yield 'SECRET'
    } finally {
      log.add('producer closed')
    }
  }
  app.get('/', { dependencies: { failing }, ...Text }, () => 'SECRET')
  app.get('/stream', { dependencies: { failing }, responses: { 200: stream('text/plain') } }, body)

  matrix('a clean-up that fails before the body is sent is an error like any other: the answer was not sent yet', app, async (request) => {
    for (const [path, closed] of [
      ['/', []],
      ['/stream', ['producer closed']],
    ] as const) {
      const response = await request(path)
      assert.deepEqual([response.status, await response.json()], [500, { detail: 'Internal Server Error' }])
      assert.deepEqual(
        log.take().toSorted(),
        ['first hears commit failed', 'held hears commit failed', 'open first', 'open held', ...closed].toSorted(),
      )
      assert.deepEqual(logger.takeMessages(), [`GET ${path}: Error: commit failed`])
    }
  })
})

describe('a clean-up that fails after the body', () => {
  const { app, log, logger } = open()
  const one = resource(log, 'one', { scope: 'response' })
  const failing = dependency({ scope: 'response', dependencies: { one } }, function* () {
    yield 1
    throw new Error('too late')
  })
  const two = resource(log, 'two', { scope: 'response', dependencies: { failing } })
  app.get('/', { dependencies: { two }, ...Text }, ({ background }) => {
    background.add(() => log.add('task'))
    return 'x'
  })

  matrix('a clean-up that fails after the last byte is logged, the others get its error, and tasks run', app, async (request) => {
    const response = await request('/')
    assert.deepEqual([response.status, await response.text()], [200, 'x'])
    assert.deepEqual(await logger.waitForMessages(), ['GET /: after the response: Error: too late'])
    assert.deepEqual(await log.takeWhen(5), ['open one', 'open two', 'close two', 'one hears too late', 'task'])
  })
})

describe('a body that is cut short', () => {
  const { app, log, logger } = open()
  const handler = resource(log, 'handler')
  const held = resource(log, 'held', { scope: 'response' })
  app.get('/', { dependencies: { handler, held }, responses: { 200: stream('text/plain') } }, async function* () {
    yield 'a'
    throw new Error('in the middle')
  })

  matrix('an error that cuts the body short is heard by what is still open', app, async (request) => {
    const response = await request('/')
    assert.equal(response.status, 200)
    await assert.rejects(response.text())
    assert.deepEqual(await logger.waitForMessages(), ['GET /: while the response was sent: Error: in the middle'])
    assert.deepEqual(await log.takeWhen(4), ['open handler', 'open held', 'close handler', 'held hears in the middle'])
  })
})

describe('a dependency that throws', () => {
  const { app, log, logger } = open()
  const before = resource(log, 'before')
  const refusing = dependency(async () => {
    throw new HTTPError(409, 'no')
  })
  const never = resource(log, 'never')
  app.get('/', { dependencies: { before, refusing, never }, responses: { 200: text(), 409: fastapi() } }, () => 'x')

  matrix('after one that throws none starts, and those before it are released with its error', app, async (request) => {
    assert.equal((await request('/')).status, 409)
    assert.deepEqual(log.take(), ['open before', 'before hears no'])
    assert.deepEqual(logger.takeMessages(), [])
  })
})

describe('a generator', () => {
  const { app, log } = open()
  // oxlint-disable-next-line require-yield -- that is what is tested
  const returning = dependency(function* (): Generator<string, void, void> {
    log.add('no yield')
  })
  const twice = dependency(function* () {
    try {
      yield 'first'
      yield 'second'
    } finally {
      log.add('finally')
    }
  })
  app.get('/', { dependencies: { returning, twice }, ...Text }, ({ returning, twice }) => `${typeof returning} ${twice}`)

  matrix('a generator that yields nothing, or a second time', app, async (request) => {
    assert.equal(await (await request('/')).text(), 'undefined first')
    assert.deepEqual(log.take(), ['no yield', 'finally'])
  })
})

describe('inputs of a dependency', () => {
  const { app, log } = open()
  const token = dependency({ headers: { 'x-token': z.int() }, query: { q: z.string().default('none') } }, (context) => {
    const { headers, query, cookies, params } = context
    log.add('called')
    return JSON.stringify([headers, query, cookies, params, (context as { body?: unknown }).body ?? 'no body'])
  })
  const user = dependency(
    { dependencies: { token }, params: { id: z.int() }, cookies: { session: z.string() } },
    ({ token, params, cookies }) => [token, params.id + 1, cookies.session],
  )
  app.post(
    '/users/{id}',
    { dependencies: { user }, query: { q: z.int().optional() }, body: z.object({ a: z.int() }), ...Text },
    ({ user, query, params, body }) => JSON.stringify([user, query, params, body]),
  )

  matrix('each reads inputs of its own, typed as it declares them', app, async (request) => {
    const response = await request('/users/7?q=5', postWith({ 'x-token': '3', cookie: 'session=s' }))
    assert.deepEqual(JSON.parse(await response.text()), [
      [JSON.stringify([{ 'x-token': 3 }, { q: '5' }, {}, {}, 'no body']), 8, 's'],
      { q: 5 },
      { id: '7' },
      { a: 1 },
    ])
    log.take()
  })

  matrix('a dependency whose inputs are wrong is not called, and the 422 names every text input that is wrong', app, async (request) => {
    const response = await request('/users/x?q=x', postWith({ 'x-token': 'x' }))
    const { detail } = (await response.json()) as { detail: { loc: string[] }[] }
    assert.equal(response.status, 422)
    assert.deepEqual(detail.map(({ loc }) => loc.join('.')).toSorted(), ['cookie.session', 'header.x-token', 'path.id', 'query.q'])
    assert.deepEqual(log.take(), [])
  })
})

describe('the context of a dependency', () => {
  const { app, log } = open()
  const dep = dependency(
    { query: { n: z.int().optional() } },
    ({ response, background, requestId, method, path, request, signal, query }) => {
      response.headers.set('x-of', 'dependency')
      response.cookies.set('seen', 'yes')
      background.add(() => log.add('task of the dependency'))
      return { requestId, method, path, url: request.url, aborted: signal.aborted, n: query.n ?? 'none' }
    },
  )
  app.get('/', { dependencies: { dep }, ...Text }, ({ dep, requestId, response, background }) => {
    background.add(() => log.add('task of the handler'))
    response.headers.set('x-and', response.headers.get('x-of') ?? '')
    return JSON.stringify([dep.requestId === requestId, dep.method, dep.path, new URL(dep.url).search, dep.aborted, dep.n])
  })

  matrix('it shares the rest of the context with the handler', app, async (request) => {
    const response = await request('/?n=1')
    assert.deepEqual(await response.json(), [true, 'GET', '/', '?n=1', false, 1])
    assert.equal(response.headers.get('x-and'), 'dependency')
    assert.deepEqual(response.headers.getSetCookie(), ['seen=yes; Path=/; SameSite=Lax'])
    assert.deepEqual(await log.takeWhen(2), ['task of the dependency', 'task of the handler'])
  })
})

test('a dependency cannot take the name of what every context has, wherever it is used', () => {
  const one = dependency(() => 1)
  const names = ['request', 'response', 'params', 'body', 'event', 'fail', '__proto__']
  for (const name of names) {
    const dependencies = { [name]: one }
    const outer = dependency({ dependencies }, () => 1)
    const router = createRouter({ dependencies })
    const refused = { code: 'DEPENDENCY_NAME' }
    assert.throws(() => createTestApp().app.get('/', { dependencies, ...Text }, () => ''), refused, name)
    assert.throws(() => createTestApp().app.get('/', { dependencies: { outer }, ...Text }, () => ''), refused, name)
    assert.throws(() => {
      router.get('/', Text, () => '')
      createTestApp().app.add(router)
    }, refused)
  }
})

test('a path parameter that a dependency must have is in the path', () => {
  const member = dependency({ params: { team: z.int() } }, ({ params }) => params.team)
  const perhaps = dependency({ params: { team: z.int().optional() } }, ({ params }) => params.team)
  const outer = dependency({ dependencies: { member } }, () => 1)
  const { app } = open()
  assert.throws(() => app.get('/', { dependencies: { outer }, ...Text }, () => ''), { code: 'PATH_PARAMETER' })
  app.get('/{team}', { dependencies: { outer }, ...Text }, () => '')
  app.get('/', { dependencies: { perhaps }, ...Text }, () => '')
})

test('any name that is not a public member of the context is free for a dependency', async () => {
  const names = [
    'parts',
    'staged',
    'resources',
    'incoming',
    'values',
    'tasks',
    'finish',
    'abandon',
    'hold',
    'kind',
    'toString',
    'constructor',
  ]
  const dependencies = Object.fromEntries(names.map((name) => [name, dependency(() => `value of ${name}`)]))
  const outer = dependency({ dependencies }, (context) => names.map((name) => Reflect.get(context, name) as unknown))
  const { app } = open()
  app.get('/', { dependencies: { ...dependencies, outer }, responses: { 200: z.array(z.string()) } }, (context) => [
    ...names.map((name) => Reflect.get(context, name) as string),
    ...(context.outer as string[]),
  ])
  const expected = names.map((name) => `value of ${name}`)
  assert.deepEqual(await (await app.request('/')).json(), [...expected, ...expected])
})

test('a response-scoped dependency cannot use a shorter-lived one, directly or by a plain value', () => {
  const short = dependency(function* () {
    yield 1
  })
  const declared = dependency({ scope: 'handler' }, () => 1)
  const plain = dependency({ dependencies: { short } }, ({ short }) => short)
  const long = dependency({ scope: 'response' }, function* () {
    yield 1
  })
  for (const used of [short, declared, plain])
    assert.throws(() => dependency({ scope: 'response', dependencies: { used } }, () => 1), { code: 'DEPENDENCY_SCOPE' })
  dependency({ scope: 'response', dependencies: { long, value: dependency(() => 1) } }, () => 1)
})

describe('a clean-up of a stream', () => {
  const { app, log, logger } = open()
  const failing = dependency({ scope: 'response' }, async function* () {
    yield 1
    throw new Error('commit failed')
  })
  const dependencies = { failing }
  const items = async function* () {
    yield 'a'
    log.add('last item')
  }
  app.get('/stream', { dependencies, responses: { 200: stream('text/plain') } }, items)
  app.get('/jsonl', { dependencies, responses: { 200: jsonl(z.string()) } }, items)
  app.get('/sse', { dependencies, responses: { 200: sse(z.string()) } }, items)
  app.get('/length', { dependencies, responses: { 200: stream('text/plain') } }, ({ response }) => {
    response.headers.set('content-length', '1')
    return items()
  })

  matrix('a clean-up that fails cuts the stream, so that an uncommitted body never looks complete', app, async (request) => {
    for (const path of ['/stream', '/jsonl', '/sse', '/length']) {
      const response = await request(path)
      assert.equal(response.status, 200)
      await assert.rejects(response.text(), path)
      assert.deepEqual(await logger.waitForMessages(), [`GET ${path}: while the response was sent: Error: commit failed`])
      assert.deepEqual(log.take(), ['last item'])
    }
  })
})

describe('a dependency that replies', () => {
  const { app, log, logger } = open()
  const held = resource(log, 'held')
  const cached = dependency(
    {
      headers: { 'if-none-match': z.string().optional() },
      responses: { 304: empty(), 503: { body: z.object({ retry: z.boolean() }), headers: { 'Retry-After': z.int() } } },
    },
    ({ headers, reply }) => {
      const tag = headers['if-none-match']
      if (tag === 'same') return reply(304)
      if (tag === 'later') return reply(503, { retry: true, secret: 'SECRET' } as { retry: boolean }, { headers: { 'Retry-After': 5 } })
      if (tag === 'thrown') throw new HTTPError(503)
      if (tag === 'undeclared') return reply(418 as 503, { retry: true }, { headers: { 'Retry-After': 5 } })
      return 'value'
    },
  )
  const never = dependency({ dependencies: { cached } }, ({ cached }) => log.add(`started with ${cached}`))
  app.post('/', { dependencies: { held, cached, never }, body: z.object({}), ...Text }, () => 'x')

  matrix('a dependency may end a request with a response that it declares', app, async (request) => {
    const ask = (tag: string) => request('/', { method: 'POST', headers: { 'if-none-match': tag } })
    assert.equal((await ask('same')).status, 304)
    assert.deepEqual(log.take(), ['open held', 'close held'])
    const later = await ask('later')
    assert.deepEqual([later.status, later.headers.get('retry-after'), await later.text()], [503, '5', '{"retry":true}'])
    assert.equal((await ask('undeclared')).status, 500)
    assert.match(logger.takeMessages()[0] ?? '', /^UNDECLARED_STATUS: POST \/ dependencies: /)
    log.take()
    assert.equal((await ask('')).status, 422)
    assert.deepEqual(log.take(), ['open held', 'started with value', 'held hears The request does not fit its declared inputs'])
  })

  test('the responses of a dependency are in the document of the routes that use it', async () => {
    const operation = (await app.document()).paths['/']?.post
    const { 304: unchanged, 503: unavailable } = (operation?.responses ?? {}) as Record<string, { headers?: object }>
    assert.ok(unchanged)
    assert.deepEqual(Object.keys(unavailable?.headers ?? {}), ['Retry-After'])
  })
})

describe('locations that are not declared', () => {
  const { app } = open()
  const seeing = dependency((context) => context)
  app.get('/{a}/{b}', { params: { b: z.int() }, dependencies: { seeing }, responses: { 200: z.unknown() } }, (context) => [
    [context.params, context.query, context.headers, context.cookies],
    [context.seeing.params, context.seeing.query, context.seeing.headers, context.seeing.cookies],
  ])
  app.get('/none', { dependencies: { seeing }, responses: { 200: z.unknown() } }, (context) => [
    [context.params, context.query, context.headers, context.cookies],
    [context.seeing.params, context.seeing.query, context.seeing.headers, context.seeing.cookies],
  ])

  matrix('undeclared locations are empty objects, and undeclared path parameters stay text beside declared ones', app, async (request) => {
    assert.deepEqual(await (await request('/x/7?q=1')).json(), [
      [{ a: 'x', b: 7 }, {}, {}, {}],
      [{}, {}, {}, {}],
    ])
    assert.deepEqual(await (await request('/none?q=1')).json(), [
      [{}, {}, {}, {}],
      [{}, {}, {}, {}],
    ])
  })
})
