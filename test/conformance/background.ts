/** Work for after the response. */
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { HTTPError, post, get, stream } from '../../src/index.ts'
import { detail } from './schemas.ts'
import { log } from './store.ts'

const Queued = z.object({ queued: z.int() })
const key = z.string()

async function job(key: string, label: string, ms: number): Promise<void> {
  log(key, `${label}:start`)
  await pause(ms)
  log(key, `${label}:end`)
}

const RunQuery = { key, n: z.int().default(3), ms: z.int().default(100) }

export const run = post('/lab/background/run', { query: RunQuery, responses: { 200: Queued } }, ({ query, background }) => {
  for (let i = 0; i < query.n; i++) background.add(job, query.key, `task${i}`, query.ms)
  log(query.key, 'handler:return')
  return { queued: query.n }
})

function fail(key: string): never {
  log(key, 'fail:start')
  throw new Error('SECRET-BACKGROUND')
}

export const error = post('/lab/background/error', { query: { key }, responses: { 200: Queued } }, ({ query, background }) => {
  background.add(job, query.key, 'task0', 10)
  background.add(fail, query.key)
  background.add(job, query.key, 'task2', 10)
  return { queued: 3 }
})

export const thenFail = post(
  '/lab/background/then-fail',
  { query: { key }, responses: { 200: Queued, 409: detail } },
  ({ query, background }) => {
    background.add(job, query.key, 'task0', 10)
    throw new HTTPError(409, 'conflict after scheduling')
  },
)

export const direct = post('/lab/background/direct', { query: { key }, responses: { 202: Queued } }, ({ query, background, reply }) => {
  background.add(job, query.key, 'task0', 10)
  return reply(202, { queued: 1 })
})

async function* parts(key: string): AsyncGenerator<string> {
  for (let part = 0; part < 3; part++) {
    yield `part ${part}\n`
    await pause(20)
  }
  log(key, 'stream:end')
}

export const streamed = get(
  '/lab/background/stream',
  { query: { key }, responses: { 200: stream('text/plain') } },
  ({ query, background }) => {
    background.add(job, query.key, 'task0', 10)
    return parts(query.key)
  },
)
