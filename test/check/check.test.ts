/** A whole check: the models of an app, the seed, warnings, the smallest request, the coverage table and the test file. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { z } from 'zod'
import { checkContract, toTestFile, type CheckOptions } from '../../src/check/index.ts'
import { bearer, Unauthorized } from '../../src/security/index.ts'
import { createApp, defineError, dependency, empty, HTTPError, multipart, type App } from '../../src/index.ts'
import { precondition, rateLimit } from '../../src/middleware/index.ts'
import { startFixture } from './fixture.ts'
import { silent } from '../support/recording-logger.ts'

const run = promisify(execFile)
const OPTIONS: CheckOptions = { seed: 1, requests: 20 }

/** Records the requests that an app gets. */
function recording(app: App) {
  const asked: string[] = []
  const fetch = async (request: Request) => {
    asked.push(`${request.method} ${request.url} ${await request.clone().text()}`)
    return app.fetch(request)
  }
  return { asked, target: { fetch, document: () => app.document(), routes: app.routes } }
}

const Trip = z
  .object({ from: z.int().min(0).max(9), until: z.int().min(0).max(9), name: z.string().max(20).optional() })
  .refine(({ from, until }) => from <= until, { path: ['until'], message: 'until is before from' })

function createTrips() {
  const app = createApp({ title: 'Trips', version: '1.0.0', logger: silent })
  app.post('/trips', { body: Trip, responses: { 204: empty() } }, () => undefined)
  return app
}

const refuse = () => Promise.reject(new HTTPError(415, 'not a picture'))

describe('the models of an app', () => {
  test('decide with their refinements which generated input is valid', async () => {
    const { causes, warnings } = await checkContract(createTrips(), OPTIONS)
    assert.deepEqual([causes, warnings], [[], []])
  })

  test('an error of the app with the status of a wrong input may refuse valid input, and the same status without a code may not', async () => {
    const Closed = defineError('CLOSED', { status: 422, detail: 'No trips on this day' })
    const check = async (refuse: () => Error) => {
      const app = createApp({ title: 'Trips', version: '1.0.0', logger: silent })
      app.post('/trips', { body: z.object({ day: z.int() }), responses: { 204: empty(), 422: {} }, errors: [Closed] }, ({ body }) => {
        if (body.day % 2 === 0) throw refuse()
      })
      return (await checkContract(app, OPTIONS)).causes.map(({ rule }) => rule)
    }
    assert.deepEqual(await check(() => new Closed()), [])
    assert.deepEqual(await check(() => new HTTPError(422, 'not today')), ['valid-accepted'])
  })

  test('an operation behind precondition() succeeds with the example of If-Match', async () => {
    const app = createApp({ title: 'Notes', version: '1.0.0', logger: silent })
    const current = precondition({ required: true }, () => 7)
    app.put('/note', { dependencies: { current }, body: z.object({ text: z.string() }), responses: { 204: empty() } }, () => undefined)
    const { causes, warnings } = await checkContract(app, OPTIONS)
    assert.deepEqual([causes, warnings], [[], []])
  })

  test('are unknown if only the document is given, so a refusal is a failure', async () => {
    const app = createTrips()
    const { causes } = await checkContract({ fetch: app.fetch, document: () => app.document(), routes: [] }, OPTIONS)
    assert.deepEqual(
      causes.map(({ rule }) => rule),
      ['valid-accepted'],
    )
  })

  test('an example of a named model is sent', async () => {
    const app = createApp({ title: 'Codes', version: '1.0.0', logger: silent })
    const Code = z
      .object({ code: z.string().refine((code) => code === 'open sesame') })
      .meta({ id: 'Code', examples: [{ code: 'open sesame' }] })
    app.post('/codes', { body: Code, responses: { 204: empty() } }, () => undefined)
    const { asked, target } = recording(app)
    await checkContract(target, OPTIONS)
    assert.ok(
      asked.some((request) => request.includes('open sesame')),
      'the example was not sent',
    )
  })

  test('a date in the query is not taken for a cursor if its model has a name', async () => {
    const app = createApp({ title: 'Events', version: '1.0.0', logger: silent })
    const Time = z.iso.datetime().meta({ id: 'Time' })
    app.get('/events', { query: { after: Time.optional() }, responses: { 204: empty() } }, () => undefined)
    const { asked, target } = recording(app)
    await checkContract(target, OPTIONS)
    assert.ok(
      asked.some((request) => /\?after=\d{4}-\d\d-\d\dT/.test(request)),
      'no date was sent',
    )
  })

  test('a field is reported if generation finds no valid value', async () => {
    const app = createApp({ title: 'Codes', version: '1.0.0', logger: silent })
    const Code = z.object({ code: z.string().refine((code) => code === 'open sesame') })
    app.post('/codes', { body: Code, responses: { 204: empty() } }, () => undefined)
    const { causes, warnings } = await checkContract(app, OPTIONS)
    assert.deepEqual(causes, [])
    assert.deepEqual(
      warnings.map(({ kind, places }) => [kind, places]),
      [['model-refuses', ['POST /codes: body.code']]],
    )
  })

  test('the body is reported if a form refuses its file', async () => {
    const app = createApp({ title: 'Files', version: '1.0.0', logger: silent })
    app.post(
      '/files',
      { body: multipart(z.object({ file: z.file() }), { store: refuse }), responses: { 204: empty(), 415: {} } },
      () => undefined,
    )
    const { warnings } = await checkContract(app, OPTIONS)
    assert.deepEqual(
      warnings.map(({ kind, places }) => [kind, places]),
      [['model-refuses', ['POST /files: body']]],
    )
  })
})

async function requestsWith(seed: number): Promise<readonly string[]> {
  const { asked, target } = recording(createTrips())
  await checkContract(target, { ...OPTIONS, seed })
  return asked.toSorted()
}

test('the same seed generates the same requests, another seed other requests', async () => {
  const first = await requestsWith(1)
  assert.ok(first.length > 30)
  assert.deepEqual(await requestsWith(1), first)
  assert.notDeepEqual(await requestsWith(2), first)
})

test('a cause has the smallest request that reproduces it', async () => {
  const app = createApp({ title: 'Tags', version: '1.0.0', logger: silent })
  const Tags = z.object({ tags: z.array(z.string().max(30)).max(5), note: z.string().max(50).optional(), at: z.date().optional() })
  app.post('/tags', { query: { dry: z.boolean().optional() }, body: Tags, responses: { 204: empty() } }, ({ body }) => {
    if (body.tags.length > 0) throw new Error('tags')
  })
  const { causes } = await checkContract(app, OPTIONS)
  const [step] = causes.find(({ rule }) => rule === 'server-error')!.steps
  assert.deepEqual([step!.path, new TextDecoder().decode(step!.body)], ['/tags', '{"tags":["a"]}'])
})

test('without credentials, a warning says that only the guard was reached', async () => {
  const app = createApp({ title: 'Secrets', version: '1.0.0', logger: silent })
  const user = dependency({ security: bearer() }, ({ credentials, fail }) => {
    if (credentials !== 'ada') throw fail(Unauthorized)
    return credentials
  })
  app.get('/secret', { dependencies: { user }, responses: { 200: z.string() } }, ({ user }) => user)
  const anonymous = await checkContract(app, OPTIONS)
  assert.deepEqual([anonymous.causes, anonymous.warnings.map(({ kind }) => kind)], [[], ['missing-auth']])
  const known = await checkContract(app, { ...OPTIONS, headers: { Authorization: 'Bearer ada' } })
  assert.deepEqual([known.causes, known.warnings], [[], []])
})

test('an app in this process knows the address of the client, as a server does', async () => {
  const app = createApp({ title: 'Limited', version: '1.0.0', logger: silent })
  app.use(rateLimit({ points: 10_000, duration: 60 }))
  app.get('/', { responses: { 200: z.string() } }, ({ platform }) => platform.clientAddress ?? 'unknown')
  const { causes, warnings } = await checkContract(app, OPTIONS)
  assert.deepEqual([causes, warnings], [[], []])
})

test('the coverage table names responses that were never seen or are not declared', async () => {
  await using fixture = await startFixture('status that is not declared')
  const { coverage } = await checkContract(fixture.url, { ...OPTIONS, operations: ['GET /search'] })
  const rows = coverage.map(({ status, mediaType, count, isDeclared }) => [status, mediaType, count > 0, isDeclared])
  assert.deepEqual(rows, [
    ['200', 'application/json', false, true],
    ['422', 'application/problem+json', true, true],
    ['418', 'application/problem+json', true, false],
  ])
})

test('the test file fails with the cause, and passes without it', async () => {
  await using lying = await startFixture('another option')
  await using honest = await startFixture()
  const result = await checkContract(lying.url, { ...OPTIONS, unsafe: true, operations: ['POST /items'] })
  const folder = await mkdtemp(join(import.meta.dirname, '.reproduced-'))
  try {
    const file = join(folder, 'reproduced.mjs')
    await writeFile(file, toTestFile(result).replace("'riposte/check'", "'../../../src/check/index.ts'"))
    const runAgainst = (url: string) =>
      run(process.execPath, ['--import', 'tsx', file], { env: { ...process.env, BASE_URL: url, NODE_TEST_CONTEXT: undefined } }).then(
        () => 0,
        ({ code }: { code: number }) => code,
      )
    assert.deepEqual([await runAgainst(lying.url), await runAgainst(honest.url)], [1, 0])
  } finally {
    await rm(folder, { recursive: true })
  }
})
