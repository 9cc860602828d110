/** Jobs over HTTP: a 202 with the URL of the status, the status and its events, cancelling, and the OpenAPI document of all of these. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test, type TestContext } from 'node:test'
import { z } from 'zod'
import { createApp, dependency, defineError } from '../../src/index.ts'
import { accepted, createJobs, defineJob, jobRoutes, memoryEngine } from '../../src/jobs/index.ts'
import { RecordingLogger } from '../support/recording-logger.ts'
import { afterwards } from '../support/afterwards.ts'

const Report = z.object({ month: z.string() })
const NotAllowed = defineError('NOT_ALLOWED', { status: 403, detail: 'Not allowed' })

function open(t: TestContext, { isGuarded = false } = {}) {
  const logger = new RecordingLogger()
  const makeReport = defineJob('make-report', {
    input: Report,
    output: z.object({ pages: z.int(), at: z.date() }),
    progress: z.object({ percent: z.int() }),
  })
  const steps: (() => void)[] = []
  const work = makeReport.work(async (_, { report, signal }) => {
    await report({ percent: 50 })
    await Promise.race([new Promise<void>((resolve) => steps.push(resolve)), once(signal, 'abort')])
    return { pages: 3, at: new Date(0), secret: 'x' }
  })
  const engine = memoryEngine()
  const jobs = createJobs({ engine, work: [work], logger, pollMs: 10 })
  afterwards(t, () => jobs.stop())
  const guard = dependency({ headers: { 'x-user': z.string().optional() }, errors: [NotAllowed] }, ({ headers, fail }) => {
    if (headers['x-user'] !== 'ada') throw fail(NotAllowed)
  })
  const app = createApp({ logger })
  app.post('/reports', { body: Report, responses: { 202: accepted(makeReport) } }, ({ body }) => makeReport.enqueue(body))
  app.add(jobRoutes(jobs, { jobs: [makeReport], pollMs: 10, ...(isGuarded ? { dependencies: { guard } } : {}) }))
  const enqueue = async () => {
    const response = await app.request('/reports', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ month: '2026-01' }),
    })
    return { response, body: (await response.json()) as { id: string; job: string; location: string } }
  }
  return { app, engine, jobs, makeReport, steps, logger, enqueue }
}

test('accepted() sends a 202 with the URL of the status', async (t) => {
  const { app, enqueue } = open(t)
  const { response, body } = await enqueue()
  assert.equal(response.status, 202)
  assert.equal(response.headers.get('location'), `/jobs/${body.id}`)
  assert.deepEqual(body, { id: body.id, job: 'make-report', location: `/jobs/${body.id}` })
  const status = await app.request(body.location)
  const { created_at, ...rest } = (await status.json()) as Record<string, unknown>
  assert.deepEqual(rest, { id: body.id, job: 'make-report', state: 'queued', attempts: 0, finished_at: null })
  assert.ok(!Number.isNaN(Date.parse(created_at as string)))
})

test('Location has the prefix of the routers of the status', async () => {
  const job = defineJob('prefixed', { input: z.object({}) })
  const open = (statusPath?: string) => createJobs({ engine: memoryEngine(), jobs: [job], ...(statusPath !== undefined && { statusPath }) })
  const pathOf = async () => {
    const { location, id } = await job.enqueue({})
    assert.ok(location.endsWith(`/${id}`))
    return location.slice(0, -id.length - 1)
  }
  const jobs = open()
  const app = createApp()
  const api = app.router({ prefix: '/api' })
  const v1 = api.router({ prefix: '/v1' })
  v1.post('/go', { responses: { 202: accepted(job) } }, () => job.enqueue({}))
  v1.add(jobRoutes(jobs, { jobs: [job] }))
  const { headers } = await app.request('/api/v1/go', { method: 'POST' })
  assert.match(headers.get('location')!, /^\/api\/v1\/jobs\//)
  assert.equal((await app.request(headers.get('location')!)).status, 200)

  createApp()
    .router({ prefix: '/v2' })
    .add(jobRoutes(jobs, { jobs: [job] }))
  assert.equal(await pathOf(), '/api/v1/jobs', 'the first of two')
  createApp().add(jobRoutes(jobs, { jobs: [job] }))
  assert.equal(await pathOf(), '/jobs', 'the declared one')
  await jobs.stop()

  const other = open('/queue/status')
  assert.equal(await pathOf(), '/queue/status', 'before an app serves it')
  createApp()
    .router({ prefix: '/v1' })
    .add(jobRoutes(other, { jobs: [job] }))
  assert.equal(await pathOf(), '/v1/queue/status')
  await other.stop()
})

test('status routes below a prefix with parameters are refused when they are added to an app', () => {
  const job = defineJob('of-tenant', { input: z.object({}) })
  const jobs = createJobs({ engine: memoryEngine(), jobs: [job] })
  const tenant = createApp().router({ prefix: '/tenants/{tenant}' })
  assert.throws(
    () => tenant.add(jobRoutes(jobs, { jobs: [job] })),
    /^DeclarationError: JOB_STATUS: jobRoutes\(\) \/tenants\/{tenant}\/jobs: .+ statusPath/,
  )
})

test('the status has progress and result as their models have them', async (t) => {
  const { app, jobs, steps, enqueue } = open(t)
  const { body } = await enqueue()
  await jobs.start()
  const events = await app.request(`${body.location}/events`)
  const text = events.text()
  while (steps.length === 0) await new Promise((resolve) => setImmediate(resolve))
  steps[0]!()
  const statuses = (await text)
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice(6)) as { state: string; progress?: unknown; result?: unknown })
  const last = statuses.at(-1)!
  assert.deepEqual([last.state, last.progress, last.result], ['done', { percent: 50 }, { pages: 3, at: '1970-01-01T00:00:00.000Z' }])
  assert.deepEqual(((await (await app.request(body.location)).json()) as object as typeof last).result, last.result)
})

test('DELETE cancels a job once', async (t) => {
  const { app, enqueue } = open(t)
  const { body } = await enqueue()
  assert.equal((await app.request(body.location, { method: 'DELETE' })).status, 204)
  assert.equal(((await (await app.request(body.location)).json()) as { state: string }).state, 'cancelled')
  const again = await app.request(body.location, { method: 'DELETE' })
  assert.deepEqual([again.status, ((await again.json()) as { code: string }).code], [409, 'JOB_ENDED'])
})

test('an unknown job is a 404, and text that is not an id is a 422', async (t) => {
  const { app } = open(t)
  for (const method of ['GET', 'DELETE']) {
    assert.equal((await app.request(`/jobs/${crypto.randomUUID()}`, { method })).status, 404)
    assert.equal((await app.request('/jobs/a%20b', { method })).status, 422)
  }
  assert.equal((await app.request(`/jobs/${crypto.randomUUID()}/events`)).status, 404)
})

test('a guard protects every status route', async (t) => {
  const { app, enqueue } = open(t, { isGuarded: true })
  const { body } = await enqueue()
  for (const [path, method] of [
    [body.location, 'GET'],
    [`${body.location}/events`, 'GET'],
    [body.location, 'DELETE'],
  ] as const) {
    assert.equal((await app.request(path, { method })).status, 403)
  }
  assert.equal((await app.request(body.location, { headers: { 'x-user': 'ada' } })).status, 200)
})

test('accepted() refuses a value that enqueue() did not return', async (t) => {
  const { app, makeReport, logger } = open(t)
  app.post('/lie', { responses: { 202: accepted(makeReport) } }, () => ({ id: 'x' }) as never)
  assert.equal((await app.request('/lie', { method: 'POST' })).status, 500)
  assert.match(logger.takeMessages()[0]!, /expected the result of enqueue\(\) of the job make-report, got/)
})

test('the document describes the status, its events, Location and the errors', async (t) => {
  const { app } = open(t)
  const document = (await app.document()) as unknown as {
    paths: Record<string, Record<string, { responses: Record<string, { headers?: Record<string, unknown> }> }>>
    components: { schemas: Record<string, { properties?: Record<string, unknown> }> }
  }
  assert.ok(document.paths['/reports']!['post']!.responses['202']!.headers!['Location'])
  assert.deepEqual(
    Object.keys(document.paths).filter((path) => path.startsWith('/jobs')),
    ['/jobs/{job_id}', '/jobs/{job_id}/events'],
  )
  assert.ok('409' in document.paths['/jobs/{job_id}']!['delete']!.responses)
  assert.ok('404' in document.paths['/jobs/{job_id}']!['get']!.responses)
  assert.deepEqual(Object.keys(document.components.schemas['MakeReportJob']!.properties!), [
    'id',
    'job',
    'state',
    'attempts',
    'created_at',
    'finished_at',
    'progress',
    'result',
  ])
})

test('a job with an id from its engine has a status', async (t) => {
  const { app, engine } = open(t)
  // The form of the ids that BullMQ gives the jobs of a schedule.
  const id = `repeat:${'m'.repeat(200)}:1700000000000`
  await engine.insert({ id, queue: 'make-report', job: 'make-report', input: '{}', retries: 0, backoffMs: 0, priority: 0 })
  const status = await app.request(`/jobs/${id}`)
  assert.equal(status.status, 200)
  assert.equal(((await status.json()) as { id: string }).id, id)
  assert.equal((await app.request(`/jobs/${encodeURIComponent(id)}`, { method: 'DELETE' })).status, 204)
})

test('an id has limits on its length and its characters', async (t) => {
  const { app } = open(t)
  for (const id of ['x'.repeat(256), 'a%20b', 'a%00', 'a%2Fb', '%C3%A9']) assert.equal((await app.request(`/jobs/${id}`)).status, 422, id)
  assert.equal((await app.request(`/jobs/${'x'.repeat(255)}`)).status, 404)
  const { paths } = (await (await app.request('/openapi.json')).json()) as {
    paths: Record<string, { parameters?: object[]; get: { parameters: object[] } }>
  }
  const item = paths['/jobs/{job_id}']!
  assert.deepEqual([...(item.parameters ?? []), ...(item.get.parameters ?? [])][0], {
    name: 'job_id',
    in: 'path',
    required: true,
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\w.:-]+$' },
  })
})
