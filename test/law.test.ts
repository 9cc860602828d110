/** The law: what a model does not name never leaves, in any representation and in no error. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import {
  createApp,
  defineError,
  defineRepresentation,
  fastapi,
  get,
  json,
  jsonl,
  Page,
  paginate,
  problem,
  sse,
  type ErrorBody,
} from '../src/index.ts'
import { fc } from './support/fuzz.ts'
import { silent } from './support/recording-logger.ts'

/** A model, and a value that fits it but holds more than it names. */
interface Sample {
  readonly model: z.ZodType
  readonly value: unknown
}

const leaf: fc.Arbitrary<Sample> = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((value) => ({ model: z.string(), value })),
  fc.integer().map((value) => ({ model: z.int(), value })),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => ({ model: z.number(), value })),
  fc.boolean().map((value) => ({ model: z.boolean(), value })),
  fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((value) => ({ model: z.date(), value })),
  fc.constantFrom('red', 'green').map((value) => ({ model: z.enum(['red', 'green']), value })),
)

/** What rows of a database carry beside what a client may see. `toJSON` would replace the whole value, were it asked. */
const secrets = fc.record(
  {
    password: fc.constant('SECRET-password'),
    token: fc.constant({ value: 'SECRET-token', list: ['SECRET-item'] }),
    SECRET_KEY: fc.constant(1),
    toJSON: fc.constant(() => 'SECRET-toJSON'),
    toString: fc.constant(() => 'SECRET-toString'),
    constructor: fc.constant('SECRET-constructor'),
  },
  { requiredKeys: ['password'] },
)

/** An entity: declared fields as getters of its prototype, secrets as its own. */
function toEntity(fields: object, hidden: object): object {
  const getters = Object.entries(fields).map(([name, value]) => [name, { get: () => value as unknown }])
  const prototype: object = Object.defineProperties({}, Object.fromEntries(getters) as PropertyDescriptorMap)
  return Object.assign(Object.create(prototype) as object, hidden)
}

const Kind = z.object({ kind: z.literal('own') })
const withKind = (value: unknown) => Object.defineProperty(value as object, 'kind', { value: 'own', enumerable: true, configurable: true })

const fieldName = fc.stringMatching(/^f[a-z]{1,6}$/)

const { object, any } = fc.letrec<{ any: Sample; object: Sample }>((tie) => ({
  object: fc
    .tuple(fc.dictionary(fieldName, tie('any'), { minKeys: 1, maxKeys: 4 }), secrets, fc.boolean())
    .map(([samples, hidden, isEntity]) => {
      const entries = Object.entries(samples)
      const fields = Object.fromEntries(entries.map(([name, { value }]) => [name, value]))
      return {
        model: z.object(Object.fromEntries(entries.map(([name, { model }]) => [name, model]))),
        value: isEntity ? toEntity(fields, hidden) : { ...fields, ...hidden },
      }
    }),
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    tie('object'),
    tie('any').map(({ model, value }) => ({ model: z.array(model), value: [value, value] })),
    tie('any').map(({ model, value }) => ({ model: z.record(z.string(), model), value: { one: value, two: value } })),
    tie('any').map(({ model, value }) => ({ model: z.tuple([model, z.int()]), value: [value, 1, 'SECRET-beyond'].slice(0, 2) })),
    tie('any').map(({ model, value }) => ({ model: model.nullable().default(null), value })),
    tie('any').map(({ model, value }) => ({ model: model.optional(), value })),
    tie('object').map(({ model, value }) => ({ model: z.union([z.int(), model]), value })),
    tie('object').map(({ model, value }) => ({ model: z.lazy(() => model), value })),
    tie('any').map(({ model, value }) => ({ model: z.set(model), value: new Set([value]) })),
    tie('any').map(({ model, value }) => ({ model: z.map(z.string(), model), value: new Map([['one', value]]) })),
    tie('object').map(({ model, value }) => ({ model: z.intersection(model, Kind), value: withKind(value) })),
    tie('object').map(({ model, value }) => {
      const options = [(model as z.ZodObject).extend(Kind.shape), z.object({ kind: z.literal('other') })] as const
      return { model: z.discriminatedUnion('kind', options), value: withKind(value) }
    }),
  ),
}))

const toText = (value: unknown): string => JSON.stringify(value)

/** One app that sends the value in every way there is. */
function appOf({ model, value }: Sample, errorBody: ErrorBody) {
  const app = createApp({ errorBody, logger: silent })
  const Failure = defineError('FAILURE', { status: 409, detail: 'No', data: model })
  const defined = defineRepresentation({ mediaType: 'text/x-own', schema: model, encode: toText })
  const streamed = defineRepresentation({
    mediaType: 'text/x-streamed',
    schema: model,
    encode: async function* (one) {
      yield toText(one)
    },
  })
  app.add({
    json: get('/json', { responses: { 200: model } }, () => value),
    reply: get('/reply', { responses: { 201: json(model) } }, ({ reply }) => reply(201, value)),
    page: get('/page', { responses: { 200: Page(model) } }, () => paginate([value, value], { page: 1, size: 20 })),
    defined: get('/defined', { responses: { 200: defined } }, () => value),
    streamed: get('/streamed', { responses: { 200: streamed } }, () => value),
    chosen: get('/chosen', { responses: { 200: [json(model), defined] } }, () => value),
    jsonl: get('/jsonl', { responses: { 200: jsonl(model) } }, () => [value, value]),
    sse: get('/sse', { responses: { 200: sse(model) } }, function* () {
      yield value
    }),
    error: get('/error', { responses: { 200: model }, errors: [Failure] }, ({ fail }) => {
      throw fail(Failure, value)
    }),
  })
  app.onError(RangeError, { responses: { 400: model } }, (_error, { reply }) => reply(400, value))
  app.get('/handled', { responses: { 200: model } }, () => {
    throw new RangeError()
  })
  return app
}

const STATUSES = {
  '/json': 200,
  '/reply': 201,
  '/page': 200,
  '/defined': 200,
  '/streamed': 200,
  '/chosen': 200,
  '/jsonl': 200,
  '/sse': 200,
  '/error': 409,
  '/handled': 400,
}

/** Everything that a client sees of an answer. */
async function seen(response: Response): Promise<string> {
  return [...response.headers].flat().join('\n') + (await response.text())
}

for (const [name, errorBody] of Object.entries({ problem: problem(), fastapi: fastapi() })) {
  test(`fields that a model does not declare are never sent (errors as ${name})`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(object, any), async (sample) => {
        const app = appOf(sample, errorBody)
        for (const [path, status] of Object.entries(STATUSES)) {
          const response = await app.request(path)
          assert.equal(response.status, status, path)
          assert.doesNotMatch(await seen(response), /SECRET/, path)
        }
      }),
      { numRuns: 60 },
    )
  })
}

test('no part of a value that breaks its model is sent or logged', async () => {
  await fc.assert(
    fc.asyncProperty(object, async ({ model, value }) => {
      const broken = {
        model: z.object({ whole: model, missing: z.string() }),
        value: { whole: value, missing: { SECRET: 'SECRET-wrong' } },
      }
      const app = appOf(broken, problem())
      for (const path of Object.keys(STATUSES)) {
        const response = await app.request(path)
        const text = await seen(response).catch(() => 'cut short')
        assert.ok(
          response.status === 500 || text === 'cut short' || path === '/sse' || path === '/jsonl',
          `${path} answered ${response.status}`,
        )
        assert.doesNotMatch(text, /SECRET/, path)
      }
    }),
    { numRuns: 30 },
  )
})

test('the property finds the leak of a model that is declared open', async () => {
  const value = { id: 1, password: 'SECRET-password' }
  const app = appOf({ model: z.looseObject({ id: z.int() }), value }, problem())
  for (const path of Object.keys(STATUSES)) assert.match(await seen(await app.request(path)), /SECRET/, path)
})
