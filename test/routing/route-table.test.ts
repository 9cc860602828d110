/** Which route answers: by path, then by method; and what HTTP says where none does. */
import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { Incoming, RequestError } from '../../src/index.ts'
import { escapeLocation } from '../../src/http/request-url.ts'
import { RouteTable, type Match } from '../../src/routing/route-table.ts'
import { deferred } from '../support/deferred.ts'
import { fc } from '../support/fuzz.ts'

function tableOf(...routes: string[]): RouteTable<string> {
  const table = new RouteTable<string>({ options: () => 'OPTIONS', redirect: () => 'REDIRECT' })
  for (const route of routes) {
    const [method, path] = route.split(' ') as [string, string]
    table.add(method, path, route)
  }
  return table
}

function match(table: RouteTable<string>, request: string): Match<string> | number {
  const [method, target] = request.split(' ') as [string, string]
  const [path, search = ''] = target.split('?') as [string, string?]
  try {
    return table.match({ method, path, search, header: () => undefined } as unknown as Incoming)
  } catch (error) {
    return (error as RequestError).status
  }
}

function paramsOf(found: Match<string> | number): unknown {
  assert.ok(typeof found === 'object')
  return { ...found.params }
}

function routeOf(found: Match<string> | number): string | number {
  return typeof found === 'number' ? found : found.route
}

test('text wins over a parameter, and a parameter over a rest, with backtracking', () => {
  const table = tableOf('GET /u/me', 'GET /u/{id}', 'GET /u/{id}/posts', 'GET /u/me/likes', 'GET /u/{+rest}', 'POST /u/{id}')
  for (const [request, route] of [
    ['GET /u/me', 'GET /u/me'],
    ['GET /u/you', 'GET /u/{id}'],
    ['GET /u/me/likes', 'GET /u/me/likes'],
    ['GET /u/me/posts', 'GET /u/{id}/posts'],
    ['GET /u/you/likes', 'GET /u/{+rest}'],
    ['GET /u/me/likes/more', 'GET /u/{+rest}'],
    ['POST /u/me', 'POST /u/{id}'],
    ['GET /u', 404],
    ['GET /', 404],
    ['GET /U/me', 404],
  ] as const)
    assert.equal(routeOf(match(table, request)), route, request)
})

test('HEAD uses the GET route, unless a HEAD route is declared', () => {
  const table = tableOf('GET /a', 'GET /b', 'HEAD /b')
  assert.equal(routeOf(match(table, 'HEAD /a')), 'GET /a')
  assert.equal(routeOf(match(table, 'HEAD /b')), 'HEAD /b')
  assert.equal(routeOf(match(table, 'HEAD /c')), 404)
})

test('parameters are decoded once, after matching', () => {
  const table = tableOf('GET /{a}/x/{b}', 'GET /files/{+path}', 'GET /{only}')
  assert.deepEqual(paramsOf(match(table, 'GET /1/x/2')), { a: '1', b: '2' })
  for (const [segment, text] of [
    ['a%2Fb', 'a/b'],
    ['%252F', '%2F'],
    ['a%20b+c', 'a b+c'],
    ['%E6%97%A5', '日'],
    ['%2e%2e', '..'],
    ['a;b=c', 'a;b=c'],
    ['constructor', 'constructor'],
  ])
    assert.deepEqual(paramsOf(match(table, `GET /${segment}`)), { only: text })
  assert.deepEqual(paramsOf(match(table, 'GET /files/a/b%20c/d')), { path: 'a/b c/d' })
})

test('the rest of a path has all its slashes', () => {
  const table = tableOf('GET /files/{+path}')
  for (const rest of ['a', 'a/', 'a/b', 'a/b/', 'a.b/c']) assert.deepEqual(paramsOf(match(table, `GET /files/${rest}`)), { path: rest })
  for (const path of ['/files', '/files/', '/files//', '/files//a', '/files/a//b']) assert.equal(match(table, `GET ${path}`), 404, path)
})

test('a path that is not percent-encoded UTF-8 is refused, whether a parameter or text', () => {
  const table = tableOf('GET /{a}', 'GET /text/here')
  for (const path of ['/%', '/%2', '/%zz', '/a%', '/text/%', '/%FF', '/%C3', '/a%C3%28', '/%ED%A0%80', '/é', '/a\u0000'])
    assert.equal(match(table, `GET ${path}`), 400, path)
})

test('text matches in every escaped form, and no other text does', () => {
  const table = tableOf('GET /é:(x)*', 'GET /a%2Fb', 'GET /abc')
  assert.equal(routeOf(match(table, 'GET /%C3%A9:(x)*')), 'GET /é:(x)*')
  assert.equal(routeOf(match(table, 'GET /%c3%a9:(x)*')), 'GET /é:(x)*')
  assert.equal(routeOf(match(table, 'GET /a%2fb')), 'GET /a%2Fb')
  assert.equal(routeOf(match(table, 'GET /%61%62c')), 'GET /abc')
  for (const path of ['/%C3%A9:(x)', '/%C3%A9xx', '/a/b', '/a%252Fb', '/abc%20', '/abcd'])
    assert.equal(match(table, `GET ${path}`), 404, path)
})

describe('a slash too many or too few', () => {
  const table = tableOf('GET /plain', 'POST /plain', 'GET /folder/', 'GET /{a}/{b}', 'GET /')
  const locationOf = (request: string) => {
    const found = match(table, request)
    return typeof found === 'object' && found.route === 'REDIRECT' ? found.params['location'] : routeOf(found)
  }

  test('is redirected to the right form by a relative reference, its query kept', () => {
    assert.equal(locationOf('GET /plain/'), '../plain')
    assert.equal(locationOf('POST /plain/?a=1&b=%20'), '../plain?a=1&b=%20')
    assert.equal(locationOf('HEAD /folder'), './folder/')
    assert.equal(locationOf('GET /x/y%2Fz/'), '../y%2Fz')
    assert.equal(locationOf('GET /'), 'GET /')
    assert.equal(locationOf('GET /folder/'), 'GET /folder/')
    assert.equal(locationOf('PUT /plain/'), 405)
  })

  test('never leads to another host', () => {
    for (const path of ['//evil.example/', '//evil.example/x/', '///evil.example/', '/plain//', '//plain/', '//', '/%2F/evil.example/x/']) {
      assert.equal(locationOf(`GET ${path}`), 404, path)
    }
  })

  test('property: a redirect stays on the same host, and its target is not redirected again', () => {
    const part = fc.constantFrom(
      '/',
      '//',
      'a',
      'b',
      '.',
      '..',
      '\\',
      '%2F',
      '%5C',
      '@',
      ':',
      'evil.example',
      '%09',
      '?',
      'plain',
      'folder',
    )
    const any = tableOf('GET /{a}', 'GET /{a}/{b}', 'GET /{a}/{b}/{c}/', 'GET /plain', 'GET /folder/')
    let redirects = 0
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const asked = `/${parts.join('')}`
        const found = match(any, `GET ${asked}`)
        if (typeof found === 'number' || found.route !== 'REDIRECT') return
        redirects++
        const location = escapeLocation(found.params['location']!)
        assert.ok(!location.startsWith('//') && !location.startsWith('/\\'), location)
        const { host, pathname } = new URL(location, `http://here.example/svc${asked}`)
        assert.equal(host, 'here.example')
        // Clients remove dot segments before they send a path, and send `\\` as a slash or escaped.
        if (parts.some((one) => one === '.' || one === '..' || one === '\\')) return
        assert.ok(pathname.startsWith('/svc/'), pathname)
        assert.notEqual(routeOf(match(any, `GET ${pathname.slice('/svc'.length)}`)), 'REDIRECT')
      }),
      { numRuns: 2000 },
    )
    assert.ok(redirects > 0)
  })
})

test('a path with routes for other methods is a 405 that lists them in Allow', () => {
  const table = tableOf('GET /u/{id}', 'POST /u/me', 'DELETE /u/{+rest}', 'PUT /other', 'OPTIONS /own')
  const allowOf = (request: string) => {
    const [method, path] = request.split(' ') as [string, string]
    try {
      table.match({ method, path, search: '' } as Incoming)
    } catch (error) {
      return [(error as RequestError).status, (error as RequestError).headers['allow']]
    }
    return undefined
  }
  assert.deepEqual(allowOf('PATCH /u/me'), [405, 'DELETE, GET, HEAD, OPTIONS, POST'])
  assert.deepEqual(allowOf('PATCH /u/1'), [405, 'DELETE, GET, HEAD, OPTIONS'])
  assert.deepEqual(allowOf('GET /u/1/2'), [405, 'DELETE, OPTIONS'])
  assert.deepEqual(allowOf('BREW /other'), [405, 'OPTIONS, PUT'])
  assert.deepEqual(allowOf('get /u/1'), [405, 'DELETE, GET, HEAD, OPTIONS'])
  assert.deepEqual(allowOf('GET /own'), [405, 'OPTIONS'])
  assert.deepEqual(allowOf('GET /nowhere'), [404, undefined])
})

test('OPTIONS lists the same methods, for a path and for the server', () => {
  const table = tableOf('GET /u/{id}', 'POST /u/me', 'OPTIONS /own')
  assert.deepEqual(match(table, 'OPTIONS /u/me'), { route: 'OPTIONS', params: { allow: 'GET, HEAD, OPTIONS, POST' } })
  assert.deepEqual(match(table, 'OPTIONS *'), { route: 'OPTIONS', params: { allow: 'OPTIONS' } })
  assert.equal(routeOf(match(table, 'OPTIONS /own')), 'OPTIONS /own')
  assert.equal(match(table, 'OPTIONS /nowhere'), 404)
  assert.equal(match(table, 'GET *'), 405)
})

test('two routes that match the same requests are refused, even with other parameter names', () => {
  for (const [first, second] of [
    ['GET /a', 'GET /a'],
    ['GET /a', 'GET /a/'],
    ['GET /{a}', 'GET /{b}'],
    ['GET /{a}', 'GET /{b}/'],
    ['GET /{+a}', 'GET /{+b}'],
    ['GET /%61', 'GET /a'],
    ['GET /é', 'GET /%c3%a9'],
  ] as const)
    assert.throws(() => tableOf(first, second), { name: 'DeclarationError', code: 'DUPLICATE_ROUTE' }, `${first}, ${second}`)
  tableOf('GET /a', 'POST /a', 'HEAD /a', 'GET /{a}', 'GET /{+a}', 'GET /')
})

test('routes may be added after the first request', () => {
  const table = tableOf('GET /a')
  assert.equal(match(table, 'GET /b'), 404)
  table.add('GET', '/b', 'GET /b')
  assert.equal(routeOf(match(table, 'GET /b')), 'GET /b')
})

/** Resolves when code was generated: the table has found a thousand routes, and rou3's compiler has been loaded. */
async function heat(table: RouteTable<string>, { mock }: TestContext, generate = Function): Promise<void> {
  const generated = deferred()
  // rou3 calls it with `new`, which an arrow function refuses.
  mock.method(globalThis, 'Function', function construct(...texts: string[]): unknown {
    generated.resolve()
    return generate(...texts)
  })
  for (let count = 0; count < 1_000; count += 1) match(table, 'GET /a')
  await generated.promise
  mock.restoreAll()
}

describe('after many requests the routes are compiled', () => {
  const routes = ['GET /', 'GET /a', 'GET /{x}', 'GET /a/{y}/c', 'GET /{x}/b', 'GET /a/{+z}', 'POST /{x}', 'GET /é/{x}']

  test('property: the same routes are found as before', async (context) => {
    const compiled = tableOf(...routes)
    await heat(compiled, context)
    const segment = fc.constantFrom('', 'a', 'b', 'c', '%C3%A9', 'x', '.', '%2F')
    fc.assert(
      fc.property(
        fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'OPTIONS'),
        fc.array(segment, { minLength: 1, maxLength: 5 }),
        (method, segments) => {
          const request = `${method} /${segments.join('/')}`
          // A new table is not compiled.
          assert.deepEqual(match(compiled, request), match(tableOf(...routes), request), request)
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('a route that is added then is found', async (context) => {
    const table = tableOf(...routes)
    await heat(table, context)
    table.add('GET', '/a/b/c/d', 'GET /a/b/c/d')
    assert.equal(routeOf(match(table, 'GET /a/b/c/d')), 'GET /a/b/c/d')
  })

  test('without code generation, the same routes are found', async (context) => {
    const table = tableOf(...routes)
    await heat(table, context, (() => {
      throw new EvalError('Code generation from strings disallowed for this context')
    }) as unknown as FunctionConstructor) // what a runtime without code generation does
    assert.equal(routeOf(match(table, 'GET /a')), 'GET /a')
  })
})
