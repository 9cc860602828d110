/** Producers and their items, held to what a stream declares. */
import { Readable } from 'node:stream'
import { z } from 'zod'
import { errorBody, eventStream, get, jsonl, sse, stream, text } from '../../src/index.ts'

const Tick = z.object({ n: z.int() })
const Err = z.object({ e: z.string() })

// Events by name are made by their makers, which see literals.
get(
  '/',
  { responses: { 200: sse({ tick: Tick, done: z.object({}), token: text() }), 404: Err, 400: errorBody(Err, () => ({ e: '' })) } },
  async function* ({ event, lastEventId }) {
    yield event.tick({ n: 1 }, { id: 3 })
    yield event.token('x')
    yield event({ comment: 'a' })
    yield event.done({})
    // @ts-expect-error
    yield event.tick({ n: 'x' })
    // @ts-expect-error
    yield event.tick({ n: 1, m: 2 })
    // @ts-expect-error
    yield event.other({})
    // @ts-expect-error
    event({ data: 'x' })
    lastEventId satisfies string | undefined
  },
)
// @ts-expect-error
get('/', { responses: { 200: sse({ tick: Tick }) } }, async function* () {
  yield { n: 1 }
})

// One kind of data: values as they are, or events of any name.
get('/', { responses: { 200: sse(Tick) } }, async function* ({ event }) {
  yield { n: 1 }
  yield event.message({ n: 2 }, { id: 1 })
  yield event({ data: { n: 1 }, event: 'x' })
  // @ts-expect-error
  yield event({ data: { n: 1, b: 2 }, event: 'x' })
})
get('/', { responses: { 200: { body: sse(text()), headers: {} } } }, function* ({ event }) {
  yield 'a'
  yield event({ data: 'x', event: 'x' })
})

// Options for one answer keep the items' type.
get('/', { responses: { 200: sse(text()) }, query: { ms: z.int() } }, ({ event, query }) =>
  eventStream(
    (async function* () {
      yield 'a'
      yield event({ comment: '' })
    })(),
    { heartbeatMs: query.ms },
  ),
)

// Whatever makes text or bytes.
get('/', { responses: { 200: stream('text/csv') } }, () => Readable.from(['a']))
get('/', { responses: { 200: stream('text/csv') } }, () => new ReadableStream<string>())
get('/', { responses: { 200: stream('text/csv') } }, () => new ReadableStream<Uint8Array>())
get('/', { responses: { 200: stream('text/csv') } }, () => new Response('').body!)
get('/', { responses: { 200: stream('text/csv') } }, () => ['a', new Uint8Array()])
get('/', { responses: { 200: stream('text/csv') } }, function* () {
  yield 'a'
})
get('/', { responses: { 200: stream('text/csv') } }, async function* () {})
// @ts-expect-error
get('/', { responses: { 200: stream('text/csv') } }, async function* () {
  yield 1
})

// Items fit the model.
get('/', { responses: { 200: jsonl(Tick) } }, async function* () {
  yield { n: 1 }
})
get('/', { responses: { 200: jsonl(Tick) } }, () => [{ n: 1 }])
get('/', { responses: { 200: [jsonl(Tick)] } }, () => [{ n: 1 }])
// @ts-expect-error
get('/', { responses: { 200: jsonl(Tick) } }, async function* () {
  yield { n: '1' }
})

// Without declared events there is nothing to make.
get('/', { responses: { 200: Tick } }, ({ event }) => {
  // @ts-expect-error
  event.message({ n: 1 })
  return { n: 1 }
})
