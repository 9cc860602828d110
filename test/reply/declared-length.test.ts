import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ModelError } from '../../src/index.ts'
import { openSource } from '../../src/reply/declared-length.ts'
import type { Chunk } from '../../src/reply/reply.ts'
import { sourceOf } from '../support/fake-app.ts'
import { fc } from '../support/fuzz.ts'

interface Outcome {
  readonly bytes: Buffer
  readonly error: unknown
  readonly closed: number
}

async function draw(parts: readonly Chunk[], length: number): Promise<Outcome> {
  let closed = 0
  const given = parts[Symbol.iterator]()
  const source = sourceOf(() => ({ next: () => given.next(), return: () => ({ done: true, value: (closed += 1) }) }), { length })
  const chunks = openSource(source, new AbortController().signal)
  const drawn: Uint8Array[] = []
  try {
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) drawn.push(Buffer.from(next.value))
    return { bytes: Buffer.concat(drawn), error: undefined, closed }
  } catch (error) {
    return { bytes: Buffer.concat(drawn), error, closed }
  }
}

const chunk = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 5 }), fc.uint8Array({ maxLength: 5 }))

test('content of the declared length is complete, of any other length it is an error', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(chunk), fc.nat(40), async (parts, other) => {
      const all = Buffer.concat(parts.map((part) => Buffer.from(part)))
      assert.deepEqual(await draw(parts, all.length), { bytes: all, error: undefined, closed: 0 })

      if (other === all.length) return
      const { bytes, error, closed } = await draw(parts, other)
      assert.ok(error instanceof ModelError)
      assert.ok(bytes.length < other || other === 0)
      assert.deepEqual(bytes, all.subarray(0, bytes.length))
      assert.equal(closed, other < all.length ? 1 : 0)
    }),
  )
})
