/** One log line for each request, without values that the client sent. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createApp, stream, text } from '../../src/index.ts'
import { requestLog } from '../../src/middleware/index.ts'
import { Journal } from '../support/journal.ts'
import { matrix } from '../support/matrix.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

const lines = new Journal()
const fields: Record<string, unknown>[] = []
const write = (level: string) => (logged: object, message: string) => {
  fields.push({ ...logged })
  lines.add(`${level} ${message}`)
}
const app = createApp({ logger: new RecordingLogger() })
app.use(requestLog({ logger: { info: write('info'), error: write('error') } }))
app.get('/users/{id}', { responses: { 200: text() } }, () => 'é')
app.get('/fails', { responses: { 200: text() } }, () => {
  throw new Error('SECRET')
})
app.get('/cut', { responses: { 200: stream('text/plain') } }, async function* () {
  yield 'a'
  await Promise.resolve()
  throw new Error('cut')
})

matrix('a line contains method, template, status and bytes, and no value of the request', app, async (request) => {
  for (const [path, line, bytes] of [
    ['/users/SECRET?token=SECRET', 'info GET /users/{id} 200', 2],
    ['/SECRET?token=SECRET', 'info GET (no route) 404', undefined],
    ['/fails', 'error GET /fails 500', undefined],
  ] as const) {
    await (await request(path, { headers: { 'x-request-id': 'id-1' } })).text()
    assert.deepEqual(await lines.takeWhen(1), [line])
    const [logged] = fields.splice(0)
    assert.doesNotMatch(JSON.stringify(logged), /SECRET/)
    assert.deepEqual([logged!['requestId'], logged!['method'], logged!['aborted'], 'err' in logged!], ['id-1', 'GET', false, false])
    if (bytes !== undefined) assert.equal(logged!['bytes'], bytes)
  }
})

matrix('a body that is cut short is logged as an error, with its cause in err', app, async (request) => {
  await assert.rejects(async () => (await request('/cut')).text())
  assert.deepEqual(await lines.takeWhen(1), ['error GET /cut 200'])
  const [logged] = fields.splice(0)
  assert.deepEqual([logged!['aborted'], (logged!['err'] as Error).message], [true, 'cut'])
})

test('without a logger, readable lines go to console, and fields without a value are left out', async (t) => {
  const printed = new Journal()
  t.mock.method(console, 'info', (line: string) => printed.add(line))
  const plain = createApp()
  plain.use(requestLog())
  await (await plain.fetch(new Request('http://localhost/nothing', { headers: { 'x-request-id': 'id-1' } }))).text()
  const [line] = await printed.takeWhen(1)
  assert.match(line!, /^GET \(no route\) 404 requestId=id-1 method=GET status=404 durationMs=[\d.]+ bytes=\d+ aborted=false$/)
})
