/** Long lists are encoded in slices. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { compileEncoder } from '../../../src/schema/encode.ts'

const Row = z.object({ id: z.int(), at: z.date(), name: z.string().optional() })
const rows = (count: number) =>
  Array.from({ length: count }, (_, id) => ({ id, at: new Date(id * 1e7), name: id % 3 === 0 ? undefined : `ü ${id}`, secret: 1 }))
const { signal } = new AbortController()

async function inSlices(schema: z.ZodType, value: unknown): Promise<{ text: string; pieces: number }> {
  const pieces = await compileEncoder(schema).encodeSlices(value, signal)
  return { text: Buffer.concat(pieces).toString(), pieces: pieces.length }
}

test('a long list is large, but not a short list or another value', () => {
  const { isLarge } = compileEncoder(z.array(Row))
  assert.equal(isLarge(rows(50)), false)
  assert.equal(isLarge(rows(50_000)), true)
  assert.equal(isLarge({ length: 1e9 }), false)
  assert.equal(isLarge(null), false)
  assert.equal(compileEncoder(z.string()).isLarge('x'.repeat(5_000_000)), false)
})

test('an object with a long list is large, if the list is a data property', () => {
  const { isLarge } = compileEncoder(z.object({ items: z.array(Row), total: z.int() }))
  assert.equal(isLarge({ items: rows(50_000), total: 1 }), true)
  assert.equal(
    isLarge({
      get items(): never {
        throw new Error('asked')
      },
      total: 1,
    }),
    false,
  ) // oxlint-disable-line eslint/getter-return -- it must not be asked
})

test('a short list of long items is large after its first response', () => {
  const { isLarge, encode } = compileEncoder(z.array(z.string()))
  const texts = Array.from({ length: 100 }, () => 'x'.repeat(40_000))
  assert.equal(isLarge(texts), false)
  encode(texts)
  assert.equal(isLarge(texts), true)
})

test('one response with a long item does not slow down later lists', async () => {
  const encoder = compileEncoder(z.array(z.string()))
  const short = Array.from({ length: 20 }, () => 'abc')
  encoder.encode(['x'.repeat(600_000)])
  assert.equal(encoder.isLarge(short), true)
  for (let answers = 0; answers < 4; answers++) await encoder.encodeSlices(short, signal)
  assert.equal(encoder.isLarge(short), false)
})

test('a list encoded in slices has the same text', async () => {
  const value = rows(30_000)
  const { text, pieces } = await inSlices(z.array(Row), value)
  assert.equal(text, compileEncoder(z.array(Row)).encodeText(value))
  assert.ok(pieces > 2)
})

test('an object with lists has the same text, with its properties in the same order', async () => {
  const schema = z.object({
    a: z.int().optional(),
    items: z.array(Row),
    b: z.string(),
    7: z.array(z.int()),
    empty: z.array(z.int()),
    z: z.int().default(3),
  })
  const value = { items: rows(20_000), b: 'é"', 7: [1, 2, 3], empty: [], secret: 1 }
  const { text } = await inSlices(schema, value)
  assert.equal(text, compileEncoder(schema).encodeText(value))
  const { text: missing } = await inSlices(z.object({ items: z.array(z.int()), a: z.int().optional() }), { items: [1] })
  assert.equal(missing, '{"items":[1]}')
})

test('a missing property with the name of a member of every object is missing', async () => {
  const { text } = await inSlices(z.object({ constructor: z.exactOptional(z.string()), items: z.array(z.int()) }), { items: [1] })
  assert.equal(text, '{"items":[1]}')
})

test('a strict object is encoded in one piece', async () => {
  assert.deepEqual(await inSlices(z.strictObject({ items: z.array(z.int()) }), { items: [1, 2] }), { text: '{"items":[1,2]}', pieces: 1 })
})

test('a breach has its path in the whole value', async () => {
  const list: unknown[] = rows(20_000)
  list[17_000] = { id: 1, at: 'x' }
  await assert.rejects(inSlices(z.array(Row), list), /^ModelError: \[17000\]\.at: expected valid Date, got string/)
  await assert.rejects(inSlices(z.object({ items: z.array(Row) }), { items: list }), /^ModelError: items\[17000\]\.at/)
  await assert.rejects(
    inSlices(z.object({ items: z.array(Row), n: z.int() }), { items: rows(2), n: 'x' }),
    /^ModelError: n: expected integer/,
  )
  await assert.rejects(inSlices(z.object({ items: z.array(Row) }), { items: 5 }), /^ModelError: items: expected array, got number/)
  await assert.rejects(inSlices(z.object({ items: z.array(Row) }), 5), /^ModelError: the value: expected object/)
  await assert.rejects(inSlices(z.array(Row).max(2), rows(3)), /^ModelError: the value: expected 0 to 2 items/)
})

test('other work runs between slices', async () => {
  let turns = 0
  let done = false
  const turn = () => {
    turns++
    if (!done) setImmediate(turn)
  }
  setImmediate(turn)
  await compileEncoder(z.array(Row)).encodeSlices(rows(30_000), signal)
  done = true
  assert.ok(turns > 3, `${turns} turns`)
})

test('an aborted signal ends the encoding', async () => {
  const controller = new AbortController()
  const reason = new Error('gone')
  let read = 0
  const list = new Proxy(rows(50_000), {
    get(target, key, receiver) {
      if (key !== 'length' && ++read === 2000) controller.abort(reason)
      return Reflect.get(target, key, receiver) as unknown
    },
  })
  await assert.rejects(compileEncoder(z.array(Row)).encodeSlices(list, controller.signal), reason)
  assert.ok(read < 50_000)
})
