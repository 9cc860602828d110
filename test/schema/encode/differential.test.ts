/** Every back end accepts the same values and writes the same bytes as zod followed by a simple serialiser. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { encodeCarefully } from '../../../src/schema/encode/closures/run.ts'
import { lower } from '../../../src/schema/encode/plan/lower.ts'
import { projectEncoder } from '../../../src/schema/encode/project/print.ts'
import { ELSEWHERE, SlabEncoder } from '../../../src/schema/encode/slab/encoder.ts'
import { getSlab } from '../../../src/schema/encode/slab/memory.ts'
import { ModelError } from '../../../src/schema/model-error.ts'
import type { Node } from '../../../src/schema/node.ts'
import { readModel } from '../../../src/schema/read-model.ts'
import { fc, fuzzRuns } from '../../support/fuzz.ts'
import { junk, specimen, spoil, type Specimen } from './specimens.ts'

/** The long run tests a million pairs of a model and a value. */
const MODELS = fuzzRuns(1000, 10_000)
const VALUES = 100

const REFUSED = 'refused'

function byHand({ schema, domain = schema, toText }: Specimen, value: unknown): string {
  try {
    const result = domain.safeParse(value)
    return (result.success ? toText(result.data) : undefined) ?? REFUSED
  } catch {
    return REFUSED
  }
}

function toText(output: string | Uint8Array | undefined | typeof ELSEWHERE): string | undefined {
  assert.ok(output !== ELSEWHERE)
  return typeof output === 'object' ? Buffer.from(output).toString() : output
}

function attempt(encode: (value: unknown) => string | undefined, value: unknown): string {
  try {
    return encode(value) ?? REFUSED
  } catch (error) {
    if (error instanceof ModelError || error instanceof TypeError) return REFUSED
    throw error
  }
}

/** Valid values, and valid values with one part replaced by an undeclared value. */
function valuesOf({ valid }: Specimen): fc.Arbitrary<unknown> {
  const spoilt = fc
    .tuple(valid, fc.array(fc.nat(), { maxLength: 4 }), junk)
    .map(([value, steps, replacement]) => spoil(value, steps, replacement))
  return fc.oneof({ weight: 3, arbitrary: valid }, { weight: 2, arbitrary: spoilt })
}

function holdsOwnProto(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value) || value instanceof Map || value instanceof Set) return [...(value as Iterable<unknown>)].some(holdsOwnProto)
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(holdsOwnProto)
}

test('all encoders agree with zod and a simple serialiser', () => {
  const pairs = specimen.chain((one) =>
    fc.tuple(fc.constant(one), fc.array(valuesOf(one), { minLength: VALUES, maxLength: VALUES, size: 'max' })),
  )
  let node: Node = { kind: 'any' }
  let last: unknown
  let accepted = 0
  let refused = 0
  const result = fc.check(
    fc.property(pairs, ([one, list]) => {
      node = readModel(one.schema)
      const project = projectEncoder(lower(node))
      const slab = SlabEncoder.of(lower(node), getSlab()!)!
      for (const value of list) {
        last = value
        const closures = attempt((given) => encodeCarefully(node, given), value)
        // zod drops such a key, but here it is a part of the value.
        const expected = holdsOwnProto(value) ? closures : byHand(one, value)
        if (expected === REFUSED) refused++
        else accepted++
        assert.equal(closures, expected, 'closures')
        assert.equal(attempt(project, value), expected, 'project')
        assert.equal(
          attempt((given) => toText(slab.encode(given)), value),
          expected,
          'slab',
        )
      }
    }),
    { numRuns: MODELS },
  )
  if (result.failed)
    assert.fail(
      `${String(result.errorInstance)}\nvalue: ${inspect(last, { depth: 9 })}\nmodel: ${JSON.stringify(node, (_name, one: unknown) => (one instanceof RegExp || typeof one === 'bigint' ? String(one) : typeof one === 'object' && one !== null && '~standard' in one ? 'schema' : one))}\nseed ${result.seed}, path ${result.counterexamplePath}`,
    )
  assert.ok(accepted > MODELS * 10 && refused > MODELS * 5, `${accepted} accepted, ${refused} refused`)
})
