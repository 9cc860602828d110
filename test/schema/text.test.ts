import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { DeclarationError } from '../../src/schema/declaration-error.ts'
import type { InputResult } from '../../src/schema/issue.ts'
import type { AnySchema } from '../../src/schema/schema.ts'
import { compileTextReader } from '../../src/schema/text.ts'
import { compileTextObjectReader } from '../../src/schema/text-objects.ts'

const read = (schema: AnySchema, ...texts: string[]) => compileTextReader(schema).read(texts) as InputResult
const valueOf = (schema: AnySchema, ...texts: string[]) => {
  const result = read(schema, ...texts)
  assert.equal(result.issues, undefined)
  return result.value
}
const codesOf = (schema: AnySchema, ...texts: string[]) => read(schema, ...texts).issues?.map(({ code }) => code)

test('text is read by the declared type, without coercion in the model', () => {
  assert.equal(valueOf(z.int(), '5'), 5)
  assert.equal(valueOf(z.number(), '1e3'), 1000)
  assert.equal(valueOf(z.boolean(), 'on'), true)
  assert.equal(valueOf(z.int64(), '9007199254740993'), 9007199254740993n)
  assert.deepEqual(valueOf(z.date(), '2024-01-02T03:04:05Z'), new Date('2024-01-02T03:04:05Z'))
  assert.equal(valueOf(z.enum(['red', 'green']), 'red'), 'red')
  assert.equal(valueOf(z.literal([1, true, 'x']), '1'), 1)
  assert.equal(valueOf(z.string(), '5'), '5')
  assert.deepEqual(valueOf(z.instanceof(URL), 'http://a.example/b'), new URL('http://a.example/b'))
  assert.equal(valueOf(z.union([z.string(), z.int()]), '5'), 5)
  assert.equal(valueOf(z.union([z.string(), z.int()]), 'x'), 'x')
  assert.equal(valueOf(z.stringbool(), 'yes'), true)
})

test('a repeated name makes a list, and one alone still does', () => {
  assert.deepEqual(valueOf(z.array(z.int()), '1', '2'), [1, 2])
  assert.deepEqual(valueOf(z.array(z.int()), '1'), [1])
  assert.deepEqual(valueOf(z.array(z.int()).default([])), [])
  assert.deepEqual(valueOf(z.set(z.string()), 'a', 'a'), new Set(['a']))
})

test('what is missing is optional, defaulted or an issue', () => {
  assert.equal(valueOf(z.int().optional()), undefined)
  assert.equal(valueOf(z.int().nullable().default(null)), null)
  assert.deepEqual(codesOf(z.int()), ['missing'])
  assert.deepEqual(codesOf(z.array(z.int())), ['missing'])
})

test('what cannot be read, and what breaks a limit, has a code and does not repeat the text', () => {
  const secret = 'hunter2'
  for (const [schema, code] of [
    [z.int(), 'int_parsing'],
    [z.number(), 'float_parsing'],
    [z.boolean(), 'bool_parsing'],
    [z.date(), 'datetime_parsing'],
    [z.enum(['a', 'b']), 'enum'],
    [z.email(), 'email_parsing'],
    [z.string().max(2), 'string_too_long'],
  ] as const) {
    assert.deepEqual(codesOf(schema, secret), [code])
    assert.ok(!JSON.stringify(read(schema, secret)).includes(secret), code)
  }
  assert.deepEqual(codesOf(z.int().min(1), '0'), ['greater_than_equal'])
  assert.deepEqual(codesOf(z.array(z.int()).max(1), '1', '2'), ['too_long'])
})

test('of a name given twice where one value is meant, neither is taken', () => {
  assert.deepEqual(codesOf(z.int(), '1', '2'), ['repeated'])
})

test('the place of a wrong list item is its index', () => {
  assert.deepEqual(read(z.array(z.int()), '1', 'x', '3', 'y').issues, [
    { path: [1], code: 'int_parsing', message: 'Input should be a valid integer' },
    { path: [3], code: 'int_parsing', message: 'Input should be a valid integer' },
  ])
})

test('an object takes all names of a location and all its errors are collected', () => {
  const reader = compileTextObjectReader(z.object({ page: z.int().min(1), when: z.date(), q: z.string() }))
  const { issues } = reader(
    new Map([
      ['page', ['0']],
      ['when', ['x']],
    ]),
  ) as InputResult
  assert.deepEqual(issues?.map(({ path, code }) => [path.join('.'), code]).sort(), [
    ['page', 'greater_than_equal'],
    ['q', 'missing'],
    ['when', 'datetime_parsing'],
  ])
})

test('a record takes whatever names come, an object those it does not refuse', () => {
  const texts = new Map([
    ['a', ['1']],
    ['b', ['2']],
  ])
  const readAll = (schema: AnySchema) => compileTextObjectReader(schema)(texts) as InputResult
  assert.deepEqual(readAll(z.record(z.string(), z.int())).value, { a: 1, b: 2 })
  assert.deepEqual(readAll(z.object({ a: z.int() })).value, { a: 1 })
  assert.deepEqual(readAll(z.object({ a: z.int() }).catchall(z.int())).value, { a: 1, b: 2 })
  assert.equal(readAll(z.strictObject({ a: z.int() })).issues?.length, 1)
  assert.deepEqual(
    readAll(z.record(z.string(), z.date())).issues?.map(({ path }) => path),
    [['a'], ['b']],
  )
})

test('a model that no text can hold is refused at its declaration', () => {
  assert.throws(() => compileTextReader(z.object({ a: z.string() })), DeclarationError)
})
