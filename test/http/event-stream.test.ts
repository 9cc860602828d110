/** Server-sent events: the text of one, held against an independent parser, and the id that comes back. */
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { formatEvent, parseLastEventId, type EventFields } from '../../src/http/event-stream.ts'
import { toWellFormed } from '../../src/http/fields.ts'
import { anyText, mixOf } from './arbitraries.ts'
import { assertEnds, repeated } from './hostile.ts'
import { fc } from '../support/fuzz.ts'

const written: [event: EventFields, text: string][] = [
  [{ data: 'hello' }, 'data: hello\n\n'],
  [{ comment: 'c', event: 'e', data: 'l1\nl2', id: '9', retry: 100 }, ': c\nevent: e\ndata: l1\ndata: l2\nid: 9\nretry: 100\n\n'],
  [{ data: 'a\r\nb\rc\nd' }, 'data: a\ndata: b\ndata: c\ndata: d\n\n'],
  [{ data: 'a\n' }, 'data: a\ndata: \n\n'],
  [{ data: 'a\n\rb' }, 'data: a\ndata: \ndata: b\n\n'],
  [{ data: 'a\u2028b\u0085c\vd' }, 'data: a\u2028b\u0085c\vd\n\n'],
  [{ data: '' }, 'data: \n\n'],
  [{ data: ' a' }, 'data:  a\n\n'],
  [{ comment: 'a\r\revent: evil' }, ': a\n: \n: event: evil\n\n'],
  [{ comment: '' }, ': \n\n'],
  [{ id: '1' }, 'id: 1\n\n'],
  [{ id: '' }, 'id: \n\n'],
  [{ retry: 0 }, 'retry: 0\n\n'],
  [{}, '\n'],
]
for (const [event, text] of written) test(`written: ${JSON.stringify(event)}`, () => assert.equal(formatEvent(event), text))

test('a field that would arrive changed is refused', () => {
  for (const end of ['\n', '\r', '\r\n']) {
    assert.throws(() => formatEvent({ event: `a${end}data: evil` }), TypeError)
    assert.throws(() => formatEvent({ id: `a${end}data: evil` }), TypeError)
  }
  assert.throws(() => formatEvent({ id: 'a\0' }), TypeError)
  for (const retry of [-1, 1.5, Number.NaN, Infinity, 1e21, '1' as unknown as number])
    assert.throws(() => formatEvent({ retry }), TypeError)
})

test('a message never holds the value', () => {
  for (const event of [{ event: 'SECRET\n' }, { id: 'SECRET\n' }]) {
    assert.throws(
      () => formatEvent(event),
      (error: Error) => !error.message.includes('SECRET'),
    )
  }
})

function parse(text: string) {
  const events: EventSourceMessage[] = []
  const comments: string[] = []
  const retries: number[] = []
  const errors: Error[] = []
  const parser = createParser({
    onEvent: (event) => events.push(event),
    onComment: (comment) => comments.push(comment),
    onRetry: (retry) => retries.push(retry),
    onError: (error) => errors.push(error),
  })
  parser.feed(text)
  return { events, comments, retries, errors }
}

const lines = (text: string) => text.split(/\r\n|\r|\n/)

test('a client reads exactly the event that was written', () => {
  const text = fc.oneof(anyText, mixOf('\r', '\n', 'data: evil', ':', ' ', 'a'))
  const line = text.map((text) => text.replace(/[\r\n\0]/g, ''))
  const event = fc.record({ data: text, comment: text, event: line, id: line, retry: fc.nat() }, { requiredKeys: ['data'] })
  fc.assert(
    fc.property(fc.array(event), (written) => {
      const { events, comments, retries, errors } = parse(written.map((event) => formatEvent(event)).join(''))
      assert.deepEqual(errors, [])
      assert.deepEqual(
        events.map(({ data }) => data),
        written.map(({ data }) => lines(data).join('\n')),
      )
      assert.deepEqual(
        events.map(({ event }) => event || undefined),
        written.map(({ event }) => event || undefined),
      )
      assert.deepEqual(
        events.map(({ id }) => id),
        written.map(({ id }) => id),
      )
      assert.deepEqual(
        retries,
        written.flatMap(({ retry }) => retry ?? []),
      )
      assert.deepEqual(
        comments,
        written.flatMap(({ comment }) => (comment === undefined ? [] : lines(comment))),
      )
    }),
  )
})

test('without data a client dispatches nothing', () => {
  for (const event of [{}, { comment: 'c' }, { event: 'e' }, { id: '1' }, { retry: 1 }])
    assert.deepEqual(parse(formatEvent(event)).events, [])
  assert.equal(parse(formatEvent({ data: '' })).events.length, 1)
})

test('hostile data is written in linear time', () => {
  for (const data of repeated('\r', '\r\n', 'a')) assertEnds(() => formatEvent({ data, comment: data }))
})

/** As a runtime hands on what a browser sent. */
const sent = (id: string) => Buffer.from(id, 'utf-8').toString('latin1')

test('the last id is read as UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (id) => {
      assert.equal(parseLastEventId(sent(id)), id)
    }),
  )
})

test('a byte order mark is part of an id', () => {
  assert.equal(parseLastEventId(sent('\ufeffa')), '\ufeffa')
})

test('a missing id and an empty id are both no id', () => {
  assert.equal(parseLastEventId(undefined), undefined)
  assert.equal(parseLastEventId(''), undefined)
})

test('an id that is not UTF-8, or that the runtime has decoded, stays unchanged', () => {
  for (const id of ['42', 'caf\xe9', '日本', '\xc3\u01a9']) assert.equal(parseLastEventId(id), id)
  fc.assert(fc.property(anyText, (id) => void parseLastEventId(toWellFormed(id))))
})
