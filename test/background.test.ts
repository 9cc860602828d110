/** Tasks for after the response: in order, each for itself, and only where there is an answer to come after. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { createApp } from '../src/app.ts'
import { Background } from '../src/background.ts'
import { fastapi, HTTPError, stream, text } from '../src/index.ts'
import { Journal } from './support/journal.ts'
import { matrix } from './support/matrix.ts'
import { RecordingLogger } from './support/recording-logger.ts'
import { deferred } from './support/deferred.ts'

test('one after the other, in the order added, whatever fails; a task may add more', async () => {
  const background = new Background()
  const log = new Journal()
  const failures: unknown[] = []
  assert.equal(background.isEmpty, true)
  background.add(
    async (name: string, n: number) => {
      log.add(`begin ${name} ${n}`)
      await Promise.resolve()
      log.add('end slow')
    },
    ...(['slow', 1] as const),
  )
  background.add(() => {
    throw new Error('at once')
  })
  background.add(() => Promise.reject(new Error('later')))
  background.add(() => {
    throw undefined
  })
  background.add(() => {
    log.add('adds')
    background.add(() => log.add('added'))
  })
  background.add(() => log.add('last'))
  assert.equal(background.isEmpty, false)
  await background.run((error) => failures.push(error))
  assert.deepEqual(log.take(), ['begin slow 1', 'end slow', 'adds', 'last', 'added'])
  assert.deepEqual(failures.map(String), ['Error: at once', 'Error: later', 'undefined'])
})

const logger = new RecordingLogger()
const log = new Journal()
const app = createApp({ errorBody: fastapi(), logger, openapiPath: false, docsPath: false })
const Text = { responses: { 200: text(), 409: fastapi() } }
let begun = deferred()
let done = deferred()

app.get('/', Text, ({ background }) => {
  background.add(async () => {
    begun.resolve()
    await done.promise
    log.add('task')
  })
  log.add('handler returns')
  return 'answered'
})
app.get('/stream', { responses: { 200: stream('text/plain') } }, async function* ({ background }) {
  background.add(() => log.add('task'))
  yield 'a'
  yield 'b'
  log.add('end of the body')
})
app.get('/failing', Text, ({ background }) => {
  background.add(() => {
    throw new Error('in a task')
  })
  background.add(() => log.add('next task'))
  return 'answered'
})
app.get('/replied', Text, ({ background, reply }) => {
  background.add(() => log.add('task'))
  return reply(409, undefined as never)
})
app.get('/thrown', Text, ({ background }) => {
  background.add(() => log.add('SECRET task'))
  throw new HTTPError(409, 'after scheduling')
})
app.get('/breach', Text, ({ background }) => {
  background.add(() => log.add('SECRET task'))
  return 7 as never
})
app.get('/input', { ...Text, query: { n: z.int() } }, ({ background }) => {
  background.add(() => log.add('SECRET task'))
  return ''
})
app.onError(RangeError, { responses: { 400: text() } }, (_error, { background, reply }) => {
  background.add(() => log.add('task of the error handler'))
  return reply(400, 'handled')
})
app.get('/handled', Text, ({ background }) => {
  background.add(() => log.add('SECRET task'))
  throw new RangeError()
})

matrix('the response does not wait for a task, but the stop of the server does', app, async (request) => {
  begun = deferred()
  done = deferred()
  assert.equal(await (await request('/')).text(), 'answered')
  await begun.promise
  assert.deepEqual(log.take(), ['handler returns'])
  let isDrained = false
  const drained = app.drain().then(() => {
    isDrained = true
  })
  await new Promise((resolve) => setTimeout(resolve, 5))
  assert.equal(isDrained, false)
  done.resolve()
  await drained
  assert.deepEqual(log.take(), ['task'])
})

matrix('tasks run after the last byte of a stream', app, async (request) => {
  assert.equal(await (await request('/stream')).text(), 'ab')
  assert.deepEqual(await log.takeWhen(2), ['end of the body', 'task'])
})

matrix('a task that fails is logged and stops no other', app, async (request) => {
  assert.equal((await request('/failing')).status, 200)
  assert.deepEqual(await log.takeWhen(1), ['next task'])
  assert.deepEqual(logger.takeMessages(), ['GET /failing: after the response: Error: in a task'])
})

test('a runtime is told about the tasks of an answer, whole or streamed', async () => {
  for (const [path, entries] of [
    ['/failing', ['next task']],
    ['/stream', ['end of the body', 'task']],
  ] as const) {
    const work: Promise<unknown>[] = []
    const response = await app.fetch(new Request(`http://x${path}`), {}, { waitUntil: (promise) => work.push(promise) })
    assert.equal(work.length, 1)
    await response.text()
    await work[0]
    assert.deepEqual(log.take(), entries)
  }
  logger.take()
  const work: Promise<unknown>[] = []
  await app.fetch(new Request('http://x/none'), {}, { waitUntil: (promise) => work.push(promise) })
  assert.deepEqual(work, [])
})

test('tasks begin in a later turn than the answer', async () => {
  const response = await app.request('/failing')
  await response.text()
  await Promise.resolve()
  assert.deepEqual(log.take(), [])
  await app.drain()
  assert.deepEqual(log.take(), ['next task'])
  logger.take()
})

matrix('an answer to HEAD has tasks as well', app, async (request) => {
  assert.equal((await request('/failing', { method: 'HEAD' })).status, 200)
  assert.deepEqual(await log.takeWhen(1), ['next task'])
  logger.take()
})

matrix('the tasks of a handler that fails are dropped', app, async (request) => {
  for (const [path, status] of [
    ['/thrown', 409],
    ['/breach', 500],
    ['/input?n=x', 422],
  ] as const) {
    assert.equal((await request(path)).status, status)
  }
  assert.equal((await request('/handled')).status, 400)
  assert.deepEqual(await log.takeWhen(1), ['task of the error handler'])
  await app.drain()
  assert.deepEqual(log.take(), [])
  logger.take()
})
