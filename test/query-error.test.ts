/** An error of a query library: no parameter of the query is in a response or in the log. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { z } from 'zod'
import { createApp, HTTPError, stream, text } from '../src/index.ts'
import { requestLog } from '../src/middleware/index.ts'
import { consoleLogger } from '../src/log.ts'
import { matrix } from './support/matrix.ts'
import { RecordingLogger, type LogEntry } from './support/recording-logger.ts'

/** As Drizzle makes it. */
class QueryError extends Error {
  readonly query: string
  readonly params: readonly unknown[]

  constructor(query: string, params: readonly unknown[], cause: Error) {
    super(`Failed query: ${query}\nparams: ${String(params)}`, { cause })
    this.name = 'DrizzleQueryError'
    this.query = query
    this.params = params
  }
}

const SECRETS = ['secret@example.com', 'hash-secret', '2026-01-02T03:04:05.000Z']
const QUERY = 'insert into users values ($1, $2, $3, $4)'

function failQuery(): never {
  const driver = Object.assign(new Error(`duplicate key: ${SECRETS[0]}`), { code: '23505', detail: `Key (email)=(${SECRETS[0]}) exists` })
  throw new QueryError(QUERY, [SECRETS[0], SECRETS[1], new Date(SECRETS[2]!), 1], driver)
}

function assertHidden(what: string): void {
  for (const secret of SECRETS) assert.ok(!what.includes(secret), `${secret} is in ${what}`)
}

/** What any logger may make of an entry. */
function assertHiddenIn(entries: readonly LogEntry[]): void {
  assert.ok(entries.length > 0)
  for (const entry of entries) assertHidden(inspect(entry, { depth: 10, showHidden: true }))
}

const logger = new RecordingLogger()
const app = createApp({ logger })
app.use(requestLog({ logger }))
app.get('/handler', { responses: { 200: text() } }, failQuery)
app.get('/stream', { responses: { 200: stream('text/plain') } }, async function* () {
  yield 'begun'
  failQuery()
})
app.post('/task', { responses: { 200: text() } }, ({ background }) => {
  background.add(failQuery)
  return 'x'
})
app.get('/row', { responses: { 200: text(), 404: z.object({ id: z.int() }) } }, () => {
  throw new HTTPError(404, { id: 1, password_hash: SECRETS[1] })
})
app.get('/undeclared-row', { responses: { 200: text() } }, () => {
  throw new HTTPError(404, { id: 1, password_hash: SECRETS[1] })
})

for (const [method, path] of [
  ['GET', '/handler'],
  ['GET', '/stream'],
  ['POST', '/task'],
] as const) {
  matrix(`${method} ${path}: a query that fails shows its parameters nowhere`, app, async (request) => {
    const response = await request(path, { method })
    assertHidden(await response.text().catch(() => ''))
    assertHidden(inspect([...response.headers]))
    await app.drain()
    assertHiddenIn(await waitForEntries())
  })
}

async function waitForEntries(): Promise<readonly LogEntry[]> {
  for (;;) {
    const entries = logger.take()
    if (entries.length > 0) return entries
    await new Promise(setImmediate)
  }
}

for (const path of ['/row', '/undeclared-row']) {
  matrix(`${path}: of an HTTPError with a row only what is declared leaves`, app, async (request) => {
    const content = await (await request(path)).text()
    assertHidden(content)
    logger.take()
  })
}

test('the class, the query, the code and the place of the error stay', async () => {
  await app.request('/handler')
  const [entry] = logger.take()
  const { err } = entry!.fields as { readonly err: QueryError & { readonly cause: Error & { readonly code: string } } }
  assert.ok(err instanceof QueryError)
  assert.equal(err.message, `Failed query: ${QUERY}\nparams: …`)
  assert.equal(err.query, QUERY)
  assert.match(err.stack ?? '', /^DrizzleQueryError: Failed query[^]+ at failQuery \(/)
  assert.equal(err.cause.message, 'duplicate key: …')
  assert.equal(err.cause.code, '23505')
  assert.match(entry!.message, /^GET \/handler: DrizzleQueryError: Failed query: .+params: …$/)
})

test('the console logger writes the chain of causes', (context) => {
  const lines: string[] = []
  context.mock.method(console, 'error', (line: string) => lines.push(line))
  const error = new Error('outer', { cause: new Error('inner') })
  consoleLogger.error({ requestId: 'r', err: error }, 'message')
  assert.match(lines.join('\n'), /^message requestId=r\n {4}Error: outer\n[^]+caused by:\n {4}Error: inner\n/)
})

test('an error without parameters is logged unchanged', async () => {
  const error = new Error('boom')
  const plain = createApp({ logger })
  plain.get('/', { responses: { 200: text() } }, () => {
    throw error
  })
  await plain.request('/')
  assert.equal(logger.take()[0]!.fields['err'], error)
})
