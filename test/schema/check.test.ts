/** What is wrong with an input: in the same words for every library, and without the value. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'
import { compileCheck } from '../../src/schema/check.ts'
import type { InputIssue } from '../../src/schema/issue.ts'
import type { AnySchema } from '../../src/schema/schema.ts'
import { fc } from '../support/fuzz.ts'

async function issuesOf(schema: AnySchema, value: unknown): Promise<readonly InputIssue[]> {
  return (await compileCheck(schema)(value)).issues ?? []
}

const codesOf = async (schema: AnySchema, value: unknown) =>
  (await issuesOf(schema, value)).map(({ path, code }) => [path.join('.'), code].join(' '))

test('a value that fits is given as its schema makes it', async () => {
  assert.deepEqual(await compileCheck(z.object({ a: z.string().default('x'), b: z.string().transform(Number) }))({ b: '7', c: 1 }), {
    value: { a: 'x', b: 7 },
  })
  assert.deepEqual(await compileCheck(v.object({ a: v.string() }))({ a: 'x', b: 1 }), { value: { a: 'x' } })
  assert.deepEqual(await compileCheck(type({ n: 'string.numeric.parse' }))({ n: '7' }), { value: { n: 7 } })
  assert.ok(!(compileCheck(z.string())('x') instanceof Promise))
  assert.ok(
    compileCheck(
      v.pipeAsync(
        v.string(),
        v.checkAsync(async () => true),
      ),
    )('x') instanceof Promise,
  )
})

const codes: [schema: AnySchema, value: unknown, code: string][] = [
  [z.string(), undefined, ' missing'],
  [z.object({ a: z.string() }), {}, 'a missing'],
  [z.object({ a: z.object({ b: z.array(z.string()) }) }), { a: { b: ['x', 7] } }, 'a.b.1 string_type'],
  [z.string(), null, ' string_type'],
  [z.number(), 'x', ' number_type'],
  [z.int(), 1.5, ' int_type'],
  [z.boolean(), 'x', ' bool_type'],
  [z.date(), 'x', ' datetime_type'],
  [z.bigint(), 'x', ' int_type'],
  [z.array(z.int()), 'x', ' list_type'],
  [z.object({}), 'x', ' dict_type'],
  [z.record(z.string(), z.int()), 'x', ' dict_type'],
  [z.string().min(5), 'x', ' string_too_short'],
  [z.string().max(1), 'xx', ' string_too_long'],
  [z.array(z.int()).min(2), [1], ' too_short'],
  [z.array(z.int()).max(0), [1], ' too_long'],
  [z.set(z.int()).min(1), new Set(), ' too_short'],
  [z.number().min(5), 4, ' greater_than_equal'],
  [z.number().gt(5), 5, ' greater_than'],
  [z.number().max(5), 6, ' less_than_equal'],
  [z.number().lt(5), 5, ' less_than'],
  [z.number().multipleOf(2), 3, ' multiple_of'],
  [z.email(), 'x', ' email_parsing'],
  [z.string().regex(/^a/), 'x', ' string_pattern_mismatch'],
  [z.literal('a'), 'x', ' literal_error'],
  [z.enum(['a', 'b']), 'x', ' enum'],
  [z.union([z.int(), z.boolean()]), 'x', ' union_error'],
  [
    z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') }), z.object({ kind: z.literal('b') })]),
    { kind: 'x' },
    'kind union_tag_invalid',
  ],
  [z.strictObject({ a: z.int() }), { a: 1, b: 1 }, ' extra_forbidden'],
  [z.record(z.string().regex(/^a/), z.int()), { x: 1 }, ' invalid_key'],
  [z.map(z.string(), z.int()), new Map([['a', 'x']]), 'a number_type'],
  [z.string().refine(() => false), 'x', ' value_error'],
  [v.object({ a: v.string() }), {}, 'a missing'],
  [v.object({ a: v.array(v.string()) }), { a: ['x', 7] }, 'a.1 value_error'],
  [v.string(), 7, ' value_error'],
  [type({ a: 'string' }), {}, 'a missing'],
  [type({ a: { b: 'string[]' } }), { a: { b: ['x', 7] } }, 'a.b.1 value_error'],
  [type('string'), 7, ' value_error'],
  [type({ a: 'string' }), { a: 7 }, 'a value_error'],
]

test('each fault has a stable code and its place', async () => {
  for (const [schema, value, code] of codes) assert.deepEqual(await codesOf(schema, value), [code])
})

test('every issue is reported', async () => {
  const expected = ['a missing', 'b value_error', 'c.0 value_error']
  assert.deepEqual(await codesOf(z.object({ a: z.int(), b: z.int(), c: z.array(z.int()) }), { b: 'x', c: ['x'] }), [
    'a missing',
    'b number_type',
    'c.0 number_type',
  ])
  assert.deepEqual(await codesOf(v.object({ a: v.number(), b: v.number(), c: v.array(v.number()) }), { b: 'x', c: ['x'] }), expected)
  assert.deepEqual(await codesOf(type({ a: 'number', b: 'number', c: 'number[]' }), { b: 'x', c: ['x'] }), expected)
})

describe('a message never holds the value', () => {
  test('it says what was expected, in the words of the library', async () => {
    for (const [schema, value, message] of [
      [v.number(), 'SECRET', 'Invalid type: Expected number'],
      [v.pipe(v.string(), v.email()), 'SECRET', 'Invalid email'],
      [v.picklist(['a', 'b']), 'SECRET', 'Invalid type: Expected ("a" | "b")'],
      [v.number(), 'S"E\\C', 'Invalid type: Expected number'],
      [v.pipe(v.number(), v.integer()), 1.5, 'Invalid integer'],
      [v.pipe(v.string(), v.minLength(5)), 'abc', 'Invalid length: Expected >=5 but received 3'],
      [type("'a' | 'b'"), 'SECRET', 'must be "a" or "b"'],
      [type("'a' | 'b'"), { SECRET: 'SECRET' }, 'must be "a" or "b"'],
      [type('string.email'), 'S"ECRET', 'must be an email address'],
      [type('number.integer'), 1.5, 'must be an integer'],
      [type('string'), 7, 'must be a string (was a number)'],
      [z.strictObject({}), { SECRET: 1 }, 'Fields that are not declared are not allowed'],
      [z.record(z.string().regex(/^a/), z.int()), { SECRET: 1 }, 'A key does not fit its model'],
      [
        v.custom(
          () => false,
          ({ received }) => received,
        ),
        'SECRET',
        'Input does not fit its model',
      ],
    ] as const) {
      assert.deepEqual(
        (await issuesOf(schema as AnySchema, value)).map((issue) => issue.message),
        [message],
      )
    }
  })

  test('what is code runs once, also where it turns out to be asynchronous', async () => {
    let runs = 0
    const counting = z.string().refine(async () => {
      runs++
      return false
    })
    assert.deepEqual(
      (await issuesOf(z.object({ a: counting }), { a: '' })).map(({ path }) => path),
      [['a']],
    )
    assert.equal(runs, 1)
  })

  test('law: no value is shown, for any value and any library', async () => {
    const models = [
      z.object({ SECRET: z.int() }),
      z.strictObject({ a: z.literal('a') }),
      z.record(z.enum(['a']), z.email()),
      z.discriminatedUnion('a', [z.object({ a: z.literal('b') })]),
      z.union([z.literal('a'), z.array(z.string().min(9))]),
      v.object({ a: v.literal('a') }),
      v.array(v.pipe(v.string(), v.email())),
      v.union([v.literal('a'), v.object({ a: v.date() })]),
      type({ a: "'a'" }),
      type("('a' | 'b')[]"),
      type("'a' | 1"),
    ] as readonly AnySchema[]
    const secret = fc.constantFrom('SECRET', 'SEC"RET', 'SEC\\RET', 'SEC\nRET', 'SECRET{}')
    const value = fc.oneof(
      secret,
      fc.array(secret, { maxLength: 2 }),
      fc.dictionary(fc.constantFrom('a', 'b'), secret, { maxKeys: 2 }),
      fc.dictionary(fc.constantFrom('a', 'b'), fc.array(secret), { maxKeys: 2 }),
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...models), value, async (schema, came) => {
        for (const { message } of await issuesOf(schema, came)) assert.doesNotMatch(message, /SEC/)
      }),
      { numRuns: 1000 },
    )
  })
})

test('zod keeps a thousand issues of a list, also of lists in lists, and the others are counted', () => {
  const read = compileCheck(z.object({ rows: z.array(z.array(z.string())) }), 'json')
  const rows = Array.from({ length: 50 }, () => Array.from({ length: 100 }, () => 1))
  const { issues, omitted } = read({ rows }) as { issues: readonly { path: unknown }[]; omitted: number }
  assert.equal(issues.length, 1000)
  assert.equal(omitted, 4000)
  assert.deepEqual(issues.at(-1)?.path, ['rows', 9, 99])
})

test('refused keys far below are not copied with their path', () => {
  const Deep: z.ZodType = z.lazy(() => z.strictObject({ a: Deep.optional() }))
  let value: unknown = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, 1]))
  for (let level = 0; level < 500; level++) value = { a: value }
  const { issues } = compileCheck(Deep, 'json')(value) as { readonly issues: readonly InputIssue[] }
  assert.equal(issues.length, 1)
  const steps = issues[0]!.path.length + (issues[0]!.refusedKeys?.flat().length ?? 0)
  assert.equal(steps, 500 + 10_000)
})
