/** What a server sends for a model is valid for its document, and every body that is valid for the document is accepted. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createApp, form, multipart, type BodyDeclaration } from '../../src/index.ts'
import { z } from 'zod'
import { matrix } from '../support/matrix.ts'
import { bodySchema, responseSchema, validatorOf } from './wire-schema.ts'
import { silent } from '../support/recording-logger.ts'

interface Case {
  readonly name: string
  readonly model: z.ZodType
  /** What handlers return. */
  readonly values: readonly unknown[]
  /** Further bodies that the document allows and the server accepts. */
  readonly bodies?: readonly unknown[]
  /** Bodies that both refuse. */
  readonly refused?: readonly unknown[]
}

const a = z.strictObject({ a: z.int() })
const b = z.strictObject({ b: z.int() })
const checkedA = a.refine(() => true)
const checkedB = b.refine(() => true)
const kindA = z.strictObject({ kind: z.literal('a'), one: z.int() })
const kindB = z.strictObject({ kind: z.literal('b'), two: z.int() })
const isoTime = '2024-01-01T03:04:05'

const cases: readonly Case[] = [
  { name: 'a time of day', model: z.iso.time(), values: ['03:04:05', '03:04', '03:04:05.123'], refused: ['03:04:05Z', '25:00:00'] },
  { name: 'a local time', model: z.iso.datetime({ local: true }), values: [isoTime, `${isoTime}Z`], refused: [`${isoTime}+02:00`] },
  { name: 'a time in UTC', model: z.iso.datetime(), values: [`${isoTime}Z`, `${isoTime}.5Z`], refused: [`${isoTime}+02:00`, isoTime] },
  {
    name: 'a time with its offset',
    model: z.iso.datetime({ offset: true }),
    values: [`${isoTime}Z`, `${isoTime}+02:00`],
    refused: [isoTime],
  },
  { name: 'a time without seconds', model: z.iso.datetime({ precision: -1 }), values: ['2024-01-01T03:04Z'], refused: [`${isoTime}Z`] },
  { name: 'a time of milliseconds', model: z.iso.datetime({ precision: 3 }), values: [`${isoTime}.123Z`], refused: [`${isoTime}Z`] },
  { name: 'a duration', model: z.iso.duration(), values: ['PT0.5S', 'P1D', 'P2W'], refused: ['P', 'half a day'] },
  {
    name: 'a UUID of one version',
    model: z.uuidv4(),
    values: ['123e4567-e89b-42d3-a456-426614174000'],
    refused: ['123e4567-e89b-12d3-a456-426614174000'],
  },
  { name: 'base64', model: z.base64(), values: ['', 'QUI=', 'QQ=='], refused: ['a', 'QQ', 'A-=='] },
  { name: 'base64url', model: z.base64url(), values: ['', 'QUI', 'Q-_A'], refused: ['Q', 'Q+=='] },
  { name: 'an address beyond ASCII', model: z.email({ pattern: z.regexes.unicodeEmail }), values: ['jörg@example.com'], refused: ['jörg'] },
  { name: 'a date', model: z.date(), values: [new Date(0), new Date('1999-12-31T23:59:59.999Z')], refused: ['yesterday'] },
  { name: 'a bigint', model: z.bigint(), values: [42n, -9007199254740993n], refused: ['x'] },
  { name: 'a constant bigint', model: z.literal(42n), values: [42n], refused: ['43', 43] },
  { name: 'a few bigints', model: z.union([z.literal(1n), z.literal(2n)]), values: [1n, 2n], refused: ['3'] },
  {
    name: 'closed ∩ union',
    model: a.and(z.union([b, z.strictObject({ c: z.int() })])),
    values: [
      { a: 1, b: 2 },
      { a: 1, c: 2 },
    ],
    refused: [{ a: 1 }, { b: 2 }],
  },
  {
    name: 'closed ∩ tagged union',
    model: a.and(z.discriminatedUnion('kind', [kindA, kindB])),
    values: [{ a: 1, kind: 'a', one: 1 }],
    refused: [{ kind: 'a', one: 1 }],
  },
  { name: 'closed ∩ record', model: a.and(z.record(z.string(), z.int())), values: [{ a: 1, b: 2 }], refused: [{ a: 1, b: 'x' }, { b: 1 }] },
  { name: 'closed ∩ closed', model: a.and(b), values: [{ a: 1, b: 2 }], refused: [{ a: 1 }, { a: 1, b: 2, c: 3 }] },
  {
    name: 'closed ∩ closed ∩ closed',
    model: a.and(b).and(z.strictObject({ c: z.int() })),
    values: [{ a: 1, b: 2, c: 3 }],
    refused: [{ a: 1, b: 2 }],
  },
  {
    name: 'closed ∩ closed, with checks',
    model: checkedA.and(checkedB),
    values: [{ a: 1, b: 2 }],
    refused: [{ a: 1 }, { a: 1, b: 2, c: 3 }],
  },
  {
    name: 'closed ∩ closed ∩ closed, with checks',
    model: checkedA.and(checkedB).and(z.strictObject({ c: z.int() }).refine(() => true)),
    values: [{ a: 1, b: 2, c: 3 }],
    refused: [{ a: 1, b: 2 }],
  },
  {
    name: 'closed with a check ∩ union',
    model: checkedA.and(z.union([checkedB, z.strictObject({ c: z.int() })])),
    values: [
      { a: 1, b: 2 },
      { a: 1, c: 2 },
    ],
    refused: [{ a: 1 }],
  },
  { name: 'closed ∩ closed, or null', model: a.nullable().and(b.nullable()), values: [{ a: 1, b: 2 }, null], refused: [{ a: 1 }] },
  { name: 'closed or null ∩ closed', model: a.nullable().and(b), values: [{ a: 1, b: 2 }], refused: [null, { a: 1 }] },
  { name: 'closed ∩ closed, if present', model: z.object({ in: a.optional().and(b.optional()) }), values: [{ in: { a: 1, b: 2 } }] },
  {
    name: 'closed inside closed ∩ closed',
    model: z.strictObject({ in: a, c: z.int() }).and(z.strictObject({ in: z.strictObject({ a: z.int() }), d: z.int() })),
    values: [{ in: { a: 1 }, c: 2, d: 3 }],
    refused: [{ in: { a: 1, b: 2 }, c: 2, d: 3 }],
  },
  {
    name: 'other keys inside closed ∩ closed',
    model: z.strictObject({ in: a }).and(z.strictObject({ in: b })),
    values: [],
    refused: [{ in: { a: 1, b: 2 } }, { in: { a: 1 } }],
  },
  {
    name: 'closed ∩ open',
    model: a.and(z.object({ b: z.int() })),
    values: [{ a: 1, b: 2 }],
    bodies: [{ a: 1, b: 2, c: 3 }],
    refused: [{ a: 1 }],
  },
  {
    name: 'closed ∩ closed of one key',
    model: z.strictObject({ a: z.int(), c: z.int() }).and(a),
    values: [{ a: 1, c: 2 }],
    refused: [{ a: 1 }],
  },
  {
    name: 'a record of integers',
    model: z.record(z.int(), z.string()),
    values: [{ 1: 'x', '-2': 'y' }],
    refused: [{ '1.5': 'x' }, { x: 'x' }],
  },
  { name: 'a record of numbers', model: z.record(z.number(), z.string()), values: [{ 1: 'x', '-2.5': 'y' }], refused: [{ x: 'x' }] },
  { name: 'a record of numbers from 0', model: z.record(z.int().min(0), z.string()), values: [{ 1: 'x' }], refused: [{ '-1': 'x' }] },
  {
    name: 'a record of some keys',
    model: z.record(z.enum(['a', 'b']), z.string().optional()),
    values: [{ a: 'x' }, {}],
    refused: [{ c: 'x' }, { a: 1 }],
  },
  {
    name: 'a record of nullish values',
    model: z.record(z.enum(['a', 'b']), z.string().nullish()),
    values: [{ a: null }, {}],
    refused: [{ a: 1 }],
  },
  {
    name: 'a record of defaults',
    model: z.record(z.enum(['a', 'b']), z.int().default(1)),
    values: [{ a: 1, b: 2 }, {}],
    bodies: [{}],
    refused: [{ a: 'x' }],
  },
  { name: 'a record of all keys', model: z.record(z.enum(['a', 'b']), z.string()), values: [{ a: 'x', b: 'y' }], refused: [{ a: 'x' }] },
  { name: 'a map', model: z.map(z.string(), z.date()), values: [new Map([['a', new Date(0)]])], refused: [{ a: 'x' }] },
]

for (const { name, model, values, bodies = [], refused = [] } of cases) {
  const app = createApp({ logger: silent })
  app.post('/echo', { body: z.object({ v: model }), responses: { 200: z.object({ v: model }) } }, ({ body }) => body as never)
  for (const [index, value] of values.entries()) app.get(`/${index}`, { responses: { 200: z.object({ v: model }) } }, () => ({ v: value }))
  matrix(name, app, async (request) => {
    const document = await app.document()
    const validate = validatorOf(document)
    const post = (v: unknown) =>
      request('/echo', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ v }) })
    const accepts = (v: unknown) => validate(bodySchema(document, 'POST /echo'), { v })
    for (const index of values.keys()) {
      const response = await request(`/${index}`)
      const sent = (await response.json()) as { v: unknown }
      assert.equal(response.status, 200, JSON.stringify(sent))
      assert.equal(validate(responseSchema(document, `GET /${index}`), sent), undefined, JSON.stringify(sent))
      assert.equal(accepts(sent.v), undefined)
      const echoed = await post(sent.v)
      assert.deepEqual([echoed.status, await echoed.json()], [200, sent])
    }
    for (const body of bodies) assert.deepEqual([accepts(body), (await post(body)).status], [undefined, 200], JSON.stringify(body))
    for (const body of refused) {
      assert.equal((await post(body)).status, 422, JSON.stringify(body))
      assert.notEqual(accepts(body), undefined, `the document allows ${JSON.stringify(body)}`)
    }
  })
}

const optional: readonly (readonly [name: string, body: BodyDeclaration, isRequired: boolean])[] = [
  ['an object', z.object({ a: z.int() }), true],
  ['an object of defaults', z.object({ a: z.int().default(1) }), true],
  ['any value', z.any(), false],
  ['an optional object', z.object({ a: z.int() }).optional(), false],
  ['an object with a default', z.object({ a: z.int() }).default({ a: 1 }), false],
  ['null or an object', z.object({ a: z.int() }).nullable(), true],
  ['a union with undefined', z.union([z.object({ a: z.int() }), z.undefined()]), false],
  [
    'a refined optional object',
    z
      .object({ a: z.int() })
      .optional()
      .refine(() => true),
    false,
  ],
  ['a form of defaults', form(z.object({ a: z.int().default(1), b: z.string().optional() })), false],
  ['a form of several parts', multipart(z.object({ a: z.int().default(1), file: z.file().optional() })), false],
  ['a form with a required field', form(z.object({ a: z.int() })), true],
]

for (const [name, body, isRequired] of optional) {
  const app = createApp({ logger: silent })
  app.post('/', { body, responses: { 204: {} } }, () => undefined)
  matrix(`a request body is required where its model needs one: ${name}`, app, async (request) => {
    const { requestBody } = (await app.document()).paths['/']!['post']!
    assert.deepEqual(
      [requestBody!.required ?? false, (await request('/', { method: 'POST' })).status],
      isRequired ? [true, 422] : [false, 204],
    )
  })
}

const shapes = { Circle: z.object({ r: z.int() }), Square: z.object({ side: z.int() }) }
const tags: readonly (readonly [name: string, circle: z.ZodType, square: z.ZodType, mapping: readonly string[] | undefined])[] = [
  ['one text each', z.literal('circle'), z.literal('square'), ['circle', 'square']],
  ['several texts', z.enum(['circle', 'disc']), z.literal('square'), ['circle', 'disc', 'square']],
  ['numbers', z.literal(1), z.literal(2), undefined],
  ['text and a number', z.literal('circle'), z.literal(2), undefined],
  ['text that may be absent', z.literal('circle'), z.literal('square').optional(), undefined],
]

for (const [name, circle, square, mapping] of tags) {
  test(`a discriminator maps every tag of a union, or has no mapping: ${name}`, async () => {
    const Circle = shapes.Circle.extend({ kind: circle }).meta({ id: 'Circle' })
    const Square = shapes.Square.extend({ kind: square }).meta({ id: 'Square' })
    const app = createApp({ logger: silent })
    const model = z.discriminatedUnion('kind', [Circle, Square] as never)
    app.get('/', { responses: { 200: z.object({ shape: model }) } }, () => ({ shape: undefined }) as never)
    const { properties } = responseSchema(await app.document(), 'GET /') as {
      properties: Record<string, { discriminator?: { mapping?: object } }>
    }
    const shown = properties['shape']!.discriminator?.mapping
    assert.deepEqual(shown === undefined ? undefined : Object.keys(shown), mapping)
  })
}
