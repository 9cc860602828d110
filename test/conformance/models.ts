/** Response models: what a handler returns is validated, filtered and serialised by the declared model. */
import { z } from 'zod'
import { get } from '../../src/index.ts'
import { maybe, Public } from './schemas.ts'

/** Returns a value that the types would forbid: the runtime pass is what is to be seen. */
const untyped = (value: unknown) => value as never

const row = (id: number) => ({ id, name: `n${id}`, password: `SECRET-${id}`, token: { value: `SECRET-T${id}` } })

const Group = z.object({ owner: Public, members: z.array(Public), by_name: z.record(z.string(), Public), maybe: maybe(Public) })

export const extra = get('/lab/model/extra', { responses: { 200: Group } }, () => ({
  owner: row(1),
  members: [row(2), row(3)],
  by_name: { a: row(4) },
  maybe: row(5),
  password: 'SECRET-ROOT',
  debug: 'SECRET-DEBUG',
}))

export const missing = get('/lab/model/missing', { responses: { 200: Public } }, () => untyped({ id: 1, password: 'SECRET-MISSING' }))

export const wrongType = get('/lab/model/wrong-type', { responses: { 200: Public } }, () =>
  untyped({ id: 'SECRET-not-a-number', name: 'x' }),
)

export const nothing = get('/lab/model/null', { responses: { 200: Public } }, () => untyped(null))

export const list = get('/lab/model/list', { responses: { 200: z.array(Public) } }, () => [row(1), row(2)])

export const badList = get('/lab/model/list-bad', { responses: { 200: z.array(Public) } }, () =>
  untyped([row(1), { id: 2, password: 'SECRET-2' }]),
)

const Optional = z.object({ id: z.int(), nick: maybe(z.string()), level: z.int().default(7) })

export const optional = get('/lab/model/optional', { responses: { 200: Optional } }, () => ({ id: 1 }))

const Pet = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('cat'), meow: z.int() }),
  z.object({ kind: z.literal('dog'), bark: z.int() }),
])

export const union = get('/lab/model/union', { responses: { 200: z.array(Pet) } }, () => [
  { kind: 'cat' as const, meow: 1, secret: 'SECRET-c' },
  { kind: 'dog' as const, bark: 2, secret: 'SECRET-d' },
])

export const bigint = get('/lab/model/bigint', { responses: { 200: z.object({ value: z.int64() }) } }, () => ({
  value: 9_007_199_254_740_993n,
}))

const Dates = z.object({
  utc: z.date(),
  micros: z.date(),
  offset: z.iso.datetime({ offset: true }),
  day: z.iso.date(),
  old: z.date(),
  uuid: z.uuid(),
  /** A decimal keeps its digits as text. */
  amount: z.string().regex(/^-?\d+(\.\d+)?$/),
})

export const dates = get('/lab/model/dates', { responses: { 200: Dates } }, () => ({
  utc: new Date('2024-01-02T03:04:05Z'),
  micros: new Date('2024-01-02T03:04:05.678Z'),
  offset: '2024-01-02T05:04:05+02:00',
  day: '2024-02-29',
  old: new Date('0001-01-01T00:00:00Z'),
  uuid: '123e4567-e89b-12d3-a456-426614174000',
  amount: '12.30',
}))

const Value = z.object({ value: z.number() })

export const nan = get('/lab/model/nan', { responses: { 200: Value } }, () => ({ value: Number.NaN }))

export const infinity = get('/lab/model/infinity', { responses: { 200: Value } }, () => ({ value: Number.POSITIVE_INFINITY }))

const Text = z.object({ text: z.string() })

export const unicode = get('/lab/model/unicode', { responses: { 200: Text } }, () => ({
  text: 'Zoë 日本 🚀 \u2028\u2029 </script> \u0000\u001f " \\',
}))

export const surrogate = get('/lab/model/surrogate', { responses: { 200: Text } }, () => ({ text: 'a\ud800b' }))

/** As an ORM would make it: what is declared stands on the prototype. */
class Entity {
  readonly #password: string = 'SECRET-PRIVATE'
  readonly token = 'SECRET-TOKEN'

  get id(): number {
    return 11
  }

  get name(): string {
    return this.#password === '' ? '' : 'getter'
  }
}

export const object = get('/lab/model/object', { responses: { 200: Public } }, () => new Entity())

class Person {
  readonly id = 12
  readonly name = 'sub'
}

class Account extends Person {
  readonly password = 'SECRET-SUB'
}

export const subclass = get('/lab/model/subclass', { responses: { 200: Public } }, () => new Account())

export const created = get(
  '/lab/model/created',
  { responses: { 201: { body: Public, headers: { Location: z.string() } } } },
  ({ reply }) => {
    // A literal in `reply` may hold no undeclared field; a row may.
    const first = row(1)
    return reply(201, first, { headers: { Location: '/lab/model/created/1' } })
  },
)
