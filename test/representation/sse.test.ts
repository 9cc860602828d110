/** Server-sent events: what is declared, and nothing else, in the text that an EventSource reads. */
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { createParser } from 'eventsource-parser'
import { z } from 'zod'
import { ContractError, DeclarationError, ModelError } from '../../src/index.ts'
import { bytes } from '../../src/representation/bytes.ts'
import { eventStream } from '../../src/representation/event-stream.ts'
import type { EventFields, FreeEventFields } from '../../src/representation/server-sent-event.ts'
import { sse } from '../../src/representation/sse.ts'
import { text } from '../../src/representation/text.ts'
import { readAll, render, sourceOf } from './exchange.ts'
import { fc } from '../support/fuzz.ts'

const Tick = z.object({ n: z.int() })
const ticks = sse(Tick)
const named = sse({ tick: Tick, token: text(), done: z.object({}), message: z.string() })

type Maker = (data: unknown, fields?: EventFields) => unknown
const free = (representation: { events: unknown }) => representation.events as (fields: FreeEventFields) => unknown
const makers = (representation: { events: unknown }) => representation.events as Readonly<Record<string, Maker>>

interface Seen {
  readonly events: { readonly event: string; readonly data: string; readonly id: string | undefined }[]
  readonly comments: string[]
  readonly retries: number[]
}

/** As an independent parser reads it. */
function parse(wire: string): Seen {
  const seen: Seen = { events: [], comments: [], retries: [] }
  const parser = createParser({
    onEvent: ({ event = 'message', data, id }) => seen.events.push({ event, data, id }),
    onComment: (comment) => seen.comments.push(comment),
    onRetry: (retry) => seen.retries.push(retry),
    onError: (error) => assert.fail(error.message),
  })
  parser.feed(wire)
  return seen
}

test('the head says that it is never stored and never buffered', async () => {
  const reply = await render(ticks, [])
  assert.equal(ticks.mediaType, 'text/event-stream')
  assert.deepEqual(
    [...reply.headers],
    [
      ['cache-control', 'no-cache'],
      ['x-accel-buffering', 'no'],
    ],
  )
  assert.equal(await readAll(reply), '')
})

test('a plain item is the data of a message, filtered', async () => {
  const items = [
    { n: 1, secret: 'x' },
    { n: 2, secret: 'y' },
  ]
  assert.equal(await readAll(await render(ticks, items)), 'data: {"n":1}\n\ndata: {"n":2}\n\n')
})

test('one kind of data under any name', async () => {
  const event = free(ticks)
  const wire = await readAll(
    await render(ticks, [
      makers(ticks)['message']!({ n: 1, secret: 'x' }, { id: 7 }),
      event({ data: { n: 2 }, event: 'other', id: 'a', retry: 5, comment: 'c' }),
      event({ comment: 'alone' }),
      event({ event: 'message', data: { n: 3 } }),
    ]),
  )
  assert.equal(wire, 'data: {"n":1}\nid: 7\n\n: c\nevent: other\ndata: {"n":2}\nid: a\nretry: 5\n\n: alone\n\ndata: {"n":3}\n\n')
})

test('events by name: JSON by a model, text unchanged', async () => {
  const { tick, token, done, message } = makers(named)
  const wire = await readAll(
    await render(named, [
      tick!({ n: 1, secret: 'x' }, { id: 1 }),
      token!('a\nb'),
      message!('a\nb'),
      free(named)({ comment: 'c', id: '2', retry: 1 }),
      done!({ secret: 1 }),
    ]),
  )
  assert.equal(
    wire,
    'event: tick\ndata: {"n":1}\nid: 1\n\nevent: token\ndata: a\ndata: b\n\ndata: "a\\nb"\n\n: c\nid: 2\nretry: 1\n\nevent: done\ndata: {}\n\n',
  )
})

test('whatever is sent as text arrives unchanged', () => {
  const line = fc.string({ unit: 'grapheme' }).map((raw) => raw.replaceAll(/[\r\n\0]/g, ''))
  const lines = fc
    .array(fc.oneof(line, fc.constantFrom('\n', '\r', '\r\n', ':', ' ', 'data: evil', 'id: 1', '\ufeff')))
    .map((parts) => parts.join(''))
  const event = fc.record({
    data: lines,
    event: line.filter((name) => name !== ''),
    id: line,
    retry: fc.nat(),
    comment: line,
  })
  const events = sse(text())
  return fc.assert(
    fc.asyncProperty(fc.array(event), async (given) => {
      const seen = parse(await readAll(await render(events, given.map(free(events)))))
      assert.deepEqual(
        seen.events,
        given.map(({ data, event, id }) => ({ event, data: data.replaceAll(/\r\n?/g, '\n'), id })),
      )
      assert.deepEqual(
        seen.retries,
        given.map(({ retry }) => retry),
      )
      assert.equal(seen.comments.length, given.length)
    }),
    { numRuns: 200 },
  )
})

const undeclared: Record<string, [representation: typeof ticks | typeof named, item: unknown]> = {
  'data that breaks its model': [named, makers(named)['tick']!({ n: 'x' })],
  'no data': [named, makers(named)['tick']!(undefined)],
  'a value that is not text': [named, makers(named)['token']!(1)],
  'a name that is not declared': [named, free(named)({ event: 'other', data: {} })],
  'a plain item among named events': [named, { n: 1 }],
  'a plain item that breaks its model': [ticks, { n: 1.5 }],
}
for (const [name, [representation, item]] of Object.entries(undeclared)) {
  test(`${name}: no answer as the first, and an error with nothing of it as a later one`, async () => {
    await assert.rejects(render(representation, [item]), ModelError)
    const good = free(representation)({ comment: 'good' })
    const reader = sourceOf(await render(representation, [good, item, good])).open(new AbortController().signal)
    assert.equal((await reader.next()).value, ': good\n\n')
    await assert.rejects(async () => reader.next(), ModelError)
  })
}

test('a field with a line break is a breach, which no handler for TypeError gets', async () => {
  for (const fields of [{ id: 'a\ndata: evil' }, { id: 'a\0' }, { event: 'a\rb' }, { retry: 1.5 }, { retry: -1 }]) {
    await assert.rejects(render(ticks, [free(ticks)(fields)]), ContractError)
  }
})

test('a message names no value', async () => {
  await assert.rejects(render(named, [makers(named)['tick']!({ n: 'SECRET' })]), (error: Error) => !error.message.includes('SECRET'))
  await assert.rejects(render(named, [free(named)({ event: 'SECRET', data: 1 })]), (error: Error) => !error.message.includes('SECRET'))
  await assert.rejects(render(named, [free(named)({ id: 'SECRET\n' })]), (error: Error) => !error.message.includes('SECRET'))
})

test('a value that is not a sequence is a breach', async () => {
  for (const value of [undefined, 'text', { n: 1 }, eventStream('text', {})]) await assert.rejects(render(ticks, value), ModelError)
})

test('events may have any name, also those of a function', async () => {
  const odd = sse({ name: Tick, length: Tick, call: Tick })
  const { name, length, call } = makers(odd)
  const wire = await readAll(await render(odd, [name!({ n: 1 }), length!({ n: 2 }), call!({ n: 3 })]))
  assert.deepEqual(
    parse(wire).events.map(({ event }) => event),
    ['name', 'length', 'call'],
  )
})

test('options of eventStream() win over the declared ones', async () => {
  const declared = sse(Tick, { retryMs: 60 })
  assert.equal(await readAll(await render(declared, [{ n: 1 }])), 'retry: 60\n\ndata: {"n":1}\n\n')
  assert.equal(await readAll(await render(declared, eventStream([{ n: 1 }], { retryMs: 70 }))), 'retry: 70\n\ndata: {"n":1}\n\n')
  assert.equal(await readAll(await render(declared, eventStream([{ n: 1 }], {}))), 'retry: 60\n\ndata: {"n":1}\n\n')
})

test('HEAD starts no producer, and has the same head', async () => {
  let started = false
  const reply = await render(
    ticks,
    (async function* () {
      started = true
      yield { n: 1 }
    })(),
    'HEAD',
  )
  assert.equal(reply.headers.get('cache-control'), 'no-cache')
  assert.equal(await readAll(reply), '')
  assert.equal(started, false)
})

test('the document describes the data of each event', () => {
  const { content } = named
  assert.deepEqual(Object.keys(content.events!), ['tick', 'token', 'done', 'message'])
  assert.deepEqual(content.events!['tick'], [{ schema: Tick }])
  assert.equal(content.events!['token']![0]!.isText, true)
  assert.equal(content.anyEvent, undefined)
  const [json, beside] = ticks.content.events!['message']!
  assert.deepEqual([json, beside!.isText, ticks.content.anyEvent], [{ schema: Tick }, true, true])
})

test('a declaration that cannot be kept is refused', () => {
  assert.throws(() => sse({ 'a\nb': Tick }), DeclarationError)
  assert.throws(() => sse({ '': Tick }), DeclarationError)
  assert.throws(() => sse({ a: bytes() as never }), DeclarationError)
  assert.throws(() => sse(bytes() as never), DeclarationError)
  for (const time of [0, -1, NaN]) {
    assert.throws(() => sse(Tick, { heartbeatMs: time }), RangeError)
    assert.throws(() => eventStream([], { heartbeatMs: time }), RangeError)
  }
  assert.throws(() => sse(Tick, { retryMs: 1.5 }), RangeError)
})
