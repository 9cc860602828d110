/** The fast tests of formats, over strings and over bytes, accept the same as the regular expressions of zod. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { fastTestOf } from '../../../src/schema/encode/values/formats.ts'
import { getSlab } from '../../../src/schema/encode/slab/memory.ts'
import { byteTestOf } from '../../../src/schema/encode/slab/strings.ts'
import { fc } from '../../support/fuzz.ts'

const uuid = fc.uuid()
const nearUUID = fc
  .tuple(uuid, fc.nat(35), fc.constantFrom('g', '-', '0', 'F', '8', 'c', ''))
  .map(([text, at, character]) => text.slice(0, at) + character + text.slice(at + 1))
const part = fc.string({ unit: fc.constantFrom('a', 'b', '.', 'Z', '9', '-', '_', '+', "'"), maxLength: 5 })
const nearEmail = fc.tuple(part, part, part).map(([local, domain, top]) => `${local}@${domain}.${top}`)
const plainEmail = fc.stringMatching(/^[a-z]{1,8}(\.[a-z_+']{1,3})?@[a-z0-9]{1,8}(-[a-z]{1,3}\.[a-z]{1,3})?\.[a-z]{1,3}$/)
const text = fc.oneof(
  uuid,
  nearUUID,
  nearEmail,
  plainEmail,
  fc.string({ unit: fc.constantFrom('a', '.', '@', '\n', 'é', '-'), maxLength: 10 }),
  fc.constantFrom(
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
    '',
  ),
)

for (const [name, schema] of Object.entries({ email: z.email(), uuid: z.uuid(), uuidv4: z.uuidv4(), uuidv7: z.uuidv7() })) {
  test(name, () => {
    const pattern = schema._zod.def.pattern!
    const fast = fastTestOf(pattern)
    assert.ok(fast !== undefined, 'zod has another expression now: look at it, and test what it accepts')
    const ofBytes = byteTestOf(fast)!
    const { bytes } = getSlab()!
    let accepted = 0
    fc.assert(
      fc.property(text, (one) => {
        const expected = pattern.test(one)
        if (expected) accepted++
        assert.equal(fast(one), expected)
        assert.equal(ofBytes(7, 7 + bytes.utf8Write(one, 7)), expected)
      }),
      { numRuns: 5000 },
    )
    assert.ok(accepted > 100)
  })
}
