/** What runtimes have answered differently, one route each. It needs no Node. */
import { z } from 'zod'
import { createApp, empty, file, sse, stream, text } from '../../src/index.ts'

const logged: string[] = []
const log = (_fields: object, message: string) => void logged.push(message)
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const Item = z.object({ id: z.int64(), name: z.string() }).meta({ id: 'Item' })

export const app = createApp({ title: 'Runtimes', bodyLimitBytes: 4_096, logger: { error: log, warn: log, info: log } })

app.get('/log', { responses: { 200: z.array(z.string()) } }, () => logged)
app.get('/items/{id}', { params: { id: z.int64() }, responses: { 200: Item } }, ({ params }) => ({
  id: params.id,
  name: 'x',
  secret: 'SECRET',
}))
app.post('/items', { body: Item, responses: { 201: Item } }, ({ body }) => body)
app.post('/optional', { body: Item.optional(), responses: { 200: text() } }, ({ body }) => (body === undefined ? 'nothing' : 'item'))
app.delete('/items/{id}', { params: { id: z.int() }, responses: { 204: empty() } }, () => {})
app.get('/cookies', { responses: { 200: text() } }, ({ response }) => {
  response.cookies.set('a', '1')
  response.cookies.set('b', '2')
  return 'cookies'
})
app.get('/blob', { responses: { 200: file() } }, () => new Blob(['0123456789'.repeat(20_000)]))
app.get('/stream', { responses: { 200: stream('text/plain') } }, async function* () {
  for (let count = 0; count < 5; count += 1) {
    yield `${count};`
    await pause(10)
  }
})
app.get('/broken', { responses: { 200: stream('text/plain') } }, async function* () {
  yield 'begun'
  await pause(50)
  throw new Error('broken')
})
app.get('/left', { responses: { 200: stream('text/plain') } }, async function* () {
  try {
    for (;;) {
      yield 'x'
      await pause(20)
    }
  } finally {
    logged.push('left')
    // oxlint-disable-next-line no-unsafe-finally -- what a runtime makes of it is the question
    throw new Error('in finally')
  }
})
app.get('/quiet', { responses: { 200: sse(z.string(), { heartbeatMs: 200 }) } }, async function* () {
  yield 'first'
  await pause(60_000)
})
app.post('/task', { responses: { 200: text() } }, ({ background }) => {
  background.add(async () => {
    await pause(50)
    logged.push('task done')
  })
  return 'answer'
})
app.post('/failing-task', { responses: { 200: text() } }, ({ background }) => {
  background.add(() => {
    throw new Error('task failed')
  })
  return 'answer'
})
app.get('/streamed-task', { responses: { 200: stream('text/plain') } }, async function* ({ background }) {
  yield 'answer'
  background.add(async () => {
    await pause(50)
    logged.push('streamed task done')
  })
})
