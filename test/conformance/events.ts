/** Server-sent events, through the framework's own representation. */
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { eventStream, get, post, sse, text } from '../../src/index.ts'
import { log } from './store.ts'

const Line = z.string().nullish()

const Event = z.object({ data: Line, event: Line, id: Line, retry: z.int().min(0).nullish(), comment: Line }).meta({ nul: true })

export const echo = post(
  '/lab/sse/echo',
  { body: z.object({ events: z.array(Event) }), responses: { 200: sse(text()) } },
  function* ({ body, event }) {
    for (const { data, event: type, id, retry, comment } of body.events) {
      yield event({
        data: data ?? undefined,
        event: type ?? undefined,
        id: id ?? undefined,
        retry: retry ?? undefined,
        comment: comment ?? undefined,
      })
    }
  },
)

export const typed = get('/lab/sse/json', { responses: { 200: sse(z.object({ n: z.int(), text: z.string() })) } }, function* ({ event }) {
  for (const n of [1, 2, 3]) yield event.message({ n, text: 'line1\nline2 ✓' })
})

const LAST_ITEM = 5

export const resume = get('/lab/sse/resume', { responses: { 200: sse(text()) } }, function* ({ event, lastEventId = '' }) {
  const seen = /^\d+$/.test(lastEventId) ? Number(lastEventId) : 0
  for (let n = seen + 1; n <= LAST_ITEM; n++) yield event.message(`item ${n}`, { id: n })
})

export const ticks = get(
  '/lab/sse/ticks',
  { query: { key: z.string(), interval_ms: z.int().default(50) }, responses: { 200: sse(z.int()) } },
  async function* ({ query, event, signal }) {
    log(query.key, 'start')
    try {
      for (let n = 0; ; n++) {
        yield event.message(n)
        await pause(query.interval_ms, undefined, { signal })
      }
    } finally {
      log(query.key, 'cleanup')
    }
  },
)

export const error = get('/lab/sse/error', { responses: { 200: sse(text()) } }, async function* ({ event }) {
  yield event.message('one')
  yield event.message('two')
  await pause(20)
  throw new Error('SECRET-SSE')
})

async function* apart(ms: number, signal: AbortSignal): AsyncGenerator<string> {
  yield 'first'
  await pause(ms, undefined, { signal })
  yield 'second'
}

export const idle = get(
  '/lab/sse/idle',
  { query: { ms: z.int().default(900), keepalive_ms: z.int().min(0).default(200) }, responses: { 200: sse(text()) } },
  ({ query, signal }) => eventStream(apart(query.ms, signal), { heartbeatMs: query.keepalive_ms || Infinity }),
)
