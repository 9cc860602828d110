/** Events, lines and chunks are read off the contract, and so is what `event` makes. */
import { z } from 'zod'
import { get, jsonl, sse, stream, text } from '../../src/index.ts'
import { same } from './equal.ts'

const Tick = z.object({ n: z.int(), at: z.date() })
const Done = z.object({})

get('/', { responses: { 200: sse({ tick: Tick, done: Done, note: text() }) } }, async function* ({ event, lastEventId, signal }) {
  same<typeof lastEventId, string | undefined>(true)
  same<typeof signal, AbortSignal>(true)
  yield event.tick({ n: 1, at: new Date() }, { id: '1' })
  yield event.note('hello')
  yield event.done({})
})

// One kind of event needs no maker.
get('/', { responses: { 200: sse(Tick) } }, async function* () {
  yield { n: 1, at: new Date(), secret: 'is filtered' }
})
get('/', { responses: { 200: sse(Tick) } }, function* () {
  yield { n: 1, at: new Date() }
})

get('/', { responses: { 200: jsonl(Tick) } }, async function* () {
  yield { n: 1, at: new Date() }
})
get('/', { responses: { 200: jsonl(Tick) } }, () => [{ n: 1, at: new Date() }])
get('/', { responses: { 200: stream('text/csv') } }, () => new ReadableStream<Uint8Array>())
get('/', { responses: { 200: stream('text/csv') } }, function* () {
  yield 'a,b\n'
  yield new Uint8Array()
})
get('/', { responses: { 200: stream('text/csv'), 404: z.object({ error: z.string() }) } }, async ({ reply }) => {
  if (Math.random() > 2) return reply(404, { error: 'none' })
  return reply(200, ['a', 'b'])
})
