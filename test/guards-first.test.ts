/** Guards come first: nothing is read, stored or started before the dependencies let a request in. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { createApp, createRouter, defineError, dependency, multipart, text } from '../src/index.ts'
import { bearer } from '../src/security/index.ts'
import { Journal } from './support/journal.ts'
import { matrix } from './support/matrix.ts'
import { RecordingLogger } from './support/recording-logger.ts'

const log = new Journal()
const logger = new RecordingLogger()
const Unauthorized = defineError('UNAUTHORIZED', { status: 401, detail: 'Sign in first' })
const Text = { responses: { 200: text() } }

const guard = dependency({ headers: { authorization: z.string().optional() }, errors: [Unauthorized] }, ({ headers, fail }) => {
  if (headers.authorization === undefined) throw fail(Unauthorized)
  return 'ada'
})
const paged = dependency({ query: { limit: z.int() } }, ({ query }) => query.limit)
const started = dependency(() => log.add('started'))

const store = {
  async store() {
    log.add('stored')
    return { remove: () => log.add('removed') }
  },
}
const app = createApp({ logger, bodyLimitBytes: 1000 })
const router = createRouter({ prefix: '/guarded', dependencies: { user: guard } })
const body = z.object({ n: z.int() })
router.post('', { dependencies: { started }, query: { q: z.int() }, body, ...Text }, ({ body }) => `${body.n}`)
router.post('/paged', { dependencies: { limit: paged, started }, query: { limit: z.int(), q: z.int() }, body, ...Text }, () => 'x')
router.post('/files', { body: multipart(z.object({ file: z.file() }), { store: store as never }), ...Text }, () => 'x')
router.post('/raw', { bodyLimitBytes: 10, ...Text }, async ({ request }) => await request.text())
router.post('/twice', { body: text(), ...Text }, async ({ request }) => await request.text())
app.add(router)

const json = { 'content-type': 'application/json' }
const signedIn = { authorization: 'Bearer x' }

matrix('a guard refuses before any problem of the request is reported', app, async (request) => {
  const wrong: [path: string, init: RequestInit][] = [
    ['/guarded?q=1', { body: '{"n":1}', headers: json }],
    ['/guarded?q=x', { body: '{"n":"x"}', headers: json }],
    ['/guarded', { body: '{"n":', headers: json }],
    ['/guarded', { body: 'x' }],
    ['/guarded', { body: 'x'.repeat(2000), headers: json }],
    ['/guarded', {}],
    ['/guarded/files', { body: 'x', headers: { 'content-type': 'multipart/form-data; boundary=b' } }],
  ]
  for (const [path, init] of wrong) assert.equal((await request(path, { method: 'POST', ...init })).status, 401, JSON.stringify(init))
  assert.deepEqual(log.take(), [])
})

async function errorsOf(response: Response): Promise<string[]> {
  const { errors } = (await response.json()) as { errors: { loc: string[] }[] }
  return errors.map(({ loc }) => loc.join('.'))
}

matrix('once the guards have passed, one 422 tells every problem of text inputs and body', app, async (request) => {
  const response = await request('/guarded?q=x', { method: 'POST', headers: { ...json, ...signedIn }, body: '{"n":"x"}' })
  assert.equal(response.status, 422)
  assert.deepEqual(await errorsOf(response), ['query.q', 'body.n'])
  assert.deepEqual(log.take(), ['started'])
})

matrix('a dependency whose own inputs are wrong stops the request with every problem of text inputs', app, async (request) => {
  const response = await request('/guarded/paged?limit=x&q=x', { method: 'POST', headers: { ...json, ...signedIn }, body: '{"n":"x"}' })
  assert.equal(response.status, 422)
  // The route and the dependency both declare `limit`: it is one parameter.
  assert.deepEqual(await errorsOf(response), ['query.limit', 'query.q'])
  assert.deepEqual(log.take(), [])
})

test('no byte of the body is read before the guards have accepted the request', async () => {
  let pulls = 0
  const content = () =>
    new ReadableStream(
      {
        pull(controller) {
          pulls++
          controller.enqueue(new TextEncoder().encode('{"n":1}'))
          controller.close()
        },
      },
      { highWaterMark: 0 },
    )
  const send = (headers: Record<string, string>) =>
    app.request('/guarded?q=1', { method: 'POST', headers: { ...json, ...headers }, body: content(), duplex: 'half' })
  assert.equal((await send({})).status, 401)
  assert.equal(pulls, 0)
  assert.equal((await send(signedIn)).status, 200)
  assert.equal(pulls, 1)
  log.take()
})

matrix('the limit of the route holds for a body that is read by `request`', app, async (request) => {
  const send = (body: string) => request('/guarded/raw', { method: 'POST', headers: signedIn, body })
  assert.equal(await (await send('ten bytes.')).text(), 'ten bytes.')
  assert.equal((await send('eleven bytes')).status, 413)
})

matrix('a body that was read for its declaration is not read again as an empty one', app, async (request) => {
  const response = await request('/guarded/twice', { method: 'POST', headers: { ...signedIn, 'content-type': 'text/plain' }, body: 'x' })
  assert.equal(response.status, 500)
  assert.match(logger.takeMessages()[0] ?? '', /BODY_READ/)
})

describe('a dependency with afterBody', () => {
  const opened = dependency({ afterBody: true }, async function* () {
    log.add('opened')
    const { status } = yield 'session'
    log.add(`closed ${status}`)
  })
  const ofGuard = dependency({ dependencies: { opened } }, ({ opened }) => log.add(`checked with the ${opened}`))
  const quick = dependency({ afterBody: true, responses: { 202: text() } }, ({ reply }) => reply(202, 'later'))
  const later = createApp({ logger })
  later.post('/first', { dependencies: { opened, started }, body, ...Text }, ({ opened }) => log.add(`handled with the ${opened}`) ?? 'x')
  later.post('/guarded', { dependencies: { ofGuard, opened }, body, ...Text }, () => 'x')
  later.post('/quick', { dependencies: { quick }, body, ...Text }, () => 'x')
  const post = { method: 'POST', headers: json }

  matrix('runs after the body, and the other dependencies before it', later, async (request) => {
    assert.equal((await request('/first', { ...post, body: '{"n":1}' })).status, 200)
    assert.deepEqual(log.take(), ['started', 'opened', 'handled with the session', 'closed 200'])
  })

  matrix('does not run if the body is refused', later, async (request) => {
    assert.equal((await request('/first', { ...post, body: '{"n":"x"}' })).status, 422)
    assert.deepEqual(log.take(), ['started'])
  })

  matrix('runs before the body if a dependency that does so uses it', later, async (request) => {
    assert.equal((await request('/guarded', { ...post, body: '{"n":"x"}' })).status, 422)
    assert.deepEqual(log.take(), ['opened', 'checked with the session'])
  })

  matrix('may end the request with a response', later, async (request) => {
    const response = await request('/quick', { ...post, body: '{"n":1}' })
    assert.deepEqual([response.status, await response.text()], [202, 'later'])
  })

  test('does not run while the client sends its content', async () => {
    let send!: (text: string) => void
    const content = new ReadableStream<Uint8Array>({
      start(controller) {
        send = (text) => {
          controller.enqueue(new TextEncoder().encode(text))
          controller.close()
        }
      },
    })
    const response = later.request('/first', { ...post, body: content, duplex: 'half' })
    assert.deepEqual(await log.takeWhen(1), ['started'])
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(log.take(), [])
    send('{"n":1}')
    assert.equal((await response).status, 200)
    assert.deepEqual(log.take(), ['opened', 'handled with the session', 'closed 200'])
  })

  test('cannot have security, whose guard must run before the body', () => {
    assert.throws(() => dependency({ afterBody: true, security: bearer() }, () => 'x'), {
      name: 'DeclarationError',
      code: 'DEPENDENCY_SCOPE',
    })
  })
})
