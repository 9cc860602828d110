/** JSON Lines: each line a whole item that fits its model, or none of it. */
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { z } from 'zod'
import { ModelError } from '../../src/index.ts'
import { jsonl } from '../../src/representation/jsonl.ts'
import { readAll, render, sourceOf } from './exchange.ts'
import { fc } from '../support/fuzz.ts'

const Row = z.object({ id: z.int(), name: z.string(), at: z.date().optional() })
const rows = jsonl(Row)

test('a line for each item, filtered', async () => {
  const items = [
    { id: 1, name: 'a\nb', at: new Date(0), password: 'x' },
    { id: 2, name: 'é\u2028' },
  ]
  assert.equal(
    await readAll(await render(rows, ReadableStream.from(items))),
    '{"id":1,"name":"a\\nb","at":"1970-01-01T00:00:00.000Z"}\n{"id":2,"name":"é\u2028"}\n',
  )
  assert.equal(rows.mediaType, 'application/jsonl')
  assert.equal(rows.content.itemSchema, Row)
})

test('what is sent reads as what was yielded, line by line', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.record({ id: fc.integer(), name: fc.string({ unit: 'grapheme' }) })), async (items) => {
      const wire = await readAll(await render(rows, items))
      assert.deepEqual(
        wire
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line) as unknown),
        items.map((item) => ({ ...item })),
      )
      assert.equal(wire.split('\n').at(-1), '')
    }),
  ))

test('a first item that breaks the model is a 500', async () => {
  await assert.rejects(render(rows, [{ id: 'x', name: 'a' }]), ModelError)
  await assert.rejects(render(rows, 'text'), ModelError)
})

test('a later item that breaks the model is an error after the items before it, with nothing of it', async () => {
  let open = true
  async function* items() {
    try {
      yield { id: 1, name: 'a' }
      yield { id: 2, name: 3 }
    } finally {
      open = false
    }
  }
  const reader = sourceOf(await render(rows, items())).open(new AbortController().signal)
  assert.equal((await reader.next()).value, '{"id":1,"name":"a"}\n')
  await assert.rejects(async () => reader.next(), ModelError)
  assert.equal(open, false)
})
