/** Intersections in requests: they are read as zod reads them, but in linear time. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { compileCheck } from '../../src/schema/check.ts'
import type { InputResult } from '../../src/schema/issue.ts'
import { fc } from '../support/fuzz.ts'

const lower = z.string().regex(/^[a-z]+$/)
const sides: Readonly<Record<string, z.ZodType>> = {
  object: z.object({ a: z.int() }),
  closed: z.strictObject({ a: z.int(), c: z.int().optional() }),
  'another closed': z.strictObject({ b: z.string().optional(), in: z.strictObject({ x: z.int() }).optional() }),
  loose: z.looseObject({ a: z.int().optional() }),
  catchall: z.object({ b: z.string().optional() }).catchall(z.int()),
  record: z.record(lower, z.union([z.int(), z.string(), z.object({})])),
  checked: z.strictObject({ a: z.int() }).refine(({ a }) => a > 0),
  changing: z.looseObject({ a: z.int().transform((value) => value + 1) }),
  nullable: z.strictObject({ c: z.int() }).nullable(),
  list: z.array(z.looseObject({ a: z.int() })),
  'another list': z.array(z.looseObject({ b: z.int().optional() })),
  nested: z.strictObject({ a: z.int() }).and(z.strictObject({ c: z.int().optional() })),
}

const values = fc.oneof(
  fc.dictionary(
    fc.constantFrom('a', 'b', 'c', 'in', 'K1', 'k', '__proto__'),
    fc.constantFrom<unknown>(1, 0, 'x', { x: 1 }, { x: 1, y: 2 }),
    {
      maxKeys: 5,
    },
  ),
  fc.array(fc.record({ a: fc.integer(), b: fc.integer() }, { requiredKeys: ['a'] }), { maxLength: 3 }),
  fc.constant(null),
)

function seenBy(read: () => InputResult): unknown {
  try {
    const { issues, value } = read()
    return issues === undefined ? { value } : issues.map(({ path }) => path.join('.')).sort()
  } catch {
    return 'unmergeable'
  }
}

describe('an intersection is read as zod reads it', () => {
  for (const [left, one] of Object.entries(sides)) {
    test(left, () => {
      for (const other of Object.values(sides)) {
        const model = z.intersection(one, other)
        const check = compileCheck(model, 'json')
        fc.assert(
          fc.property(values, (value) => {
            const byZod = (): InputResult => {
              const { error, data } = model.safeParse(value)
              if (error === undefined) return { value: data }
              return {
                issues: error.issues.map(({ path, code }) => ({
                  path: (code === 'invalid_key' ? path.slice(0, -1) : path) as string[],
                  code,
                  message: '',
                })),
              }
            }
            assert.deepEqual(
              seenBy(() => check(value) as InputResult),
              seenBy(byZod),
            )
          }),
          { numRuns: 50 },
        )
      }
    })
  }
})

/** How many elements the lists have that `run` searches. */
function countSearched(run: () => void): number {
  const { includes, indexOf } = Array.prototype
  let searched = 0
  const counting = (search: (this: unknown[], sought: unknown) => unknown) =>
    function (this: unknown[], sought: unknown) {
      searched += this.length
      return search.call(this, sought)
    }
  try {
    Object.assign(Array.prototype, { includes: counting(includes), indexOf: counting(indexOf) })
    run()
    return searched
  } finally {
    Object.assign(Array.prototype, { includes, indexOf })
  }
}

describe('the keys of one side are not searched for each key of the other', () => {
  const body = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`K${index}`, 1]))
  const models: Readonly<Record<string, z.ZodType>> = {
    'two closed objects': z.strictObject({ a: z.int() }).and(z.strictObject({ b: z.int() })),
    'a closed object and a record': z.strictObject({ a: z.int() }).and(z.record(lower, z.int())),
    'two loose objects': z.looseObject({}).and(z.looseObject({ b: z.int().optional() })),
    'two records': z.record(z.string(), z.int()).and(z.record(z.string(), z.int())),
    'two objects with a catchall': z.object({}).catchall(z.int()).and(z.object({}).catchall(z.int())),
  }
  for (const [name, model] of Object.entries(models)) {
    test(name, () => {
      const check = compileCheck(model, 'json')
      const searched = countSearched(() => void check(body))
      assert.ok(searched < 100_000, `searched ${searched} elements`)
    })
  }
})
