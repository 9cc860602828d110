import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ByteCollector, collectBytes } from '../../src/http/collect-bytes.ts'
import { fc } from '../support/fuzz.ts'

test('the result is all parts in order, and no part is changed', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array()), (parts) => {
      const before = parts.map((part) => Uint8Array.from(part))
      const collector = new ByteCollector()
      for (const part of parts) collector.add(part)
      assert.deepEqual(
        [...collector.take()],
        before.flatMap((part) => [...part]),
      )
      assert.equal(collector.length, collector.take().byteLength)
      assert.deepEqual(parts, before)
    }),
  )
})

test('a first part that is a view of a larger buffer is not written to', () => {
  const packet = Uint8Array.from([1, 2, 3, 4])
  const collector = new ByteCollector()
  collector.add(packet.subarray(0, 2))
  collector.add(Uint8Array.from([9]))
  assert.deepEqual([...packet], [1, 2, 3, 4])
  assert.deepEqual([...collector.take()], [1, 2, 9])
})

test('content of many small parts takes at most twice its length', () => {
  const collector = new ByteCollector()
  const packet = new Uint8Array(65_536)
  for (let at = 0; at < 100_000; at += 1) collector.add(packet.subarray(at % 100, (at % 100) + 1))
  assert.equal(collector.take().byteLength, 100_000)
  assert.ok(collector.take().buffer.byteLength <= 200_000)
})

test('nothing is collected beyond the limit', async () => {
  let given = 0
  async function* chunks() {
    for (; given < 100; given += 1) yield new Uint8Array(10)
  }
  assert.equal(await collectBytes(chunks(), 25), undefined)
  assert.equal(given, 2)
  given = 97
  assert.equal((await collectBytes(chunks(), 30))?.byteLength, 30)
})
