/** Every response of an app is in its document, for generated contracts, requests and handlers. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import type { Responses, Route } from '../../src/index.ts'
import { toDeclaredResponses } from '../../src/contract/declared.ts'
import { type AnyErrorClass } from '../../src/errors/define-error.ts'
import type { Reference } from '../../src/openapi/components.ts'
import { createDocument, type OpenAPIDocument } from '../../src/openapi/document.ts'
import type { ResponseObject } from '../../src/openapi/responses.ts'
import type { HandledErrors } from '../../src/openapi/settings.ts'
import {
  bytes,
  createApp,
  defineError,
  defineRepresentation,
  dependency,
  empty,
  errorBody,
  fastapi,
  file,
  form,
  HTTPError,
  json,
  jsonl,
  problem,
  redirect,
  sse,
  text,
  type ErrorBody,
} from '../../src/index.ts'
import { fc, fuzzRuns } from '../support/fuzz.ts'
import { validatorOf } from './wire-schema.ts'
import { defineRoute } from '../../src/routing/route.ts'
import { silent } from '../support/recording-logger.ts'

const User = z.object({ id: z.int(), name: z.string().default('n'), at: z.date() }).meta({ id: 'User' })
const Plain = z.object({ detail: z.string() }).meta({ id: 'Plain' })
const user = { id: 1, name: 'a', at: new Date(0) }
const csv = defineRepresentation({ mediaType: 'text/csv', schema: User, encode: ({ name }) => name })

const NotFound = defineError('NOT_FOUND', { status: 404, detail: 'None', data: z.object({ id: z.int() }), headers: { 'X-Why': 'none' } })
const Gone = defineError('GONE', { status: 404, detail: 'Gone' })
const Conflict = defineError('CONFLICT', { status: 409, detail: 'Taken' })
const everyError: readonly AnyErrorClass[] = [NotFound, Gone, Conflict]

const ticket = z.object({ detail: z.string(), ticket: z.string() }).meta({ id: 'Ticket' })
const own = errorBody(ticket, (error, { requestId }) => ({ detail: error.title, ticket: requestId }))

const picture = new File(['picture'], 'a.png', { type: 'image/png', lastModified: 0 })

/** Responses for success, each with a value that a handler returns for it. */
const successes: readonly { readonly responses: Responses; readonly value: unknown }[] = [
  { responses: { 200: User }, value: user },
  { responses: { 201: { body: User, headers: { 'X-Total': z.int().optional() }, description: 'Made' } }, value: user },
  { responses: { 200: [json(User), csv] }, value: user },
  { responses: { 204: empty() }, value: undefined },
  { responses: { 302: redirect() }, value: '/x' },
  { responses: { 200: text() }, value: 'é' },
  { responses: { 200: bytes('image/png') }, value: Uint8Array.of(1) },
  { responses: { 200: jsonl(User) }, value: [user, user] },
  { responses: { 200: sse(User) }, value: [user] },
  { responses: { 200: file({ mediaType: 'image/png' }) }, value: picture },
  { responses: { 200: file() }, value: picture },
  { responses: { '2XX': User }, value: user },
]

const failures: readonly Responses[] = [
  {},
  { 404: { description: 'Not there' } },
  { 404: Plain },
  { 404: own },
  { 409: { body: Plain, description: 'Taken already' } },
  { '4XX': Plain },
  { '4XX': own, 500: Plain },
  { default: Plain },
  { 422: Plain, 500: own },
  { 404: text(), 500: text() },
  { 404: { body: [json(Plain), text()] }, '4XX': empty() },
  { 404: { body: text(), headers: { 'X-Why': z.string() } } },
  { 404: { body: own, headers: { 'X-Why': z.string() }, cookies: { seen: z.string() } } },
  { '4XX': bytes('image/png'), 500: empty() },
  { 500: { body: own, headers: { 'X-Why': z.string() } } },
]

const errors = fc.subarray([...everyError])

const contract = fc.record({
  success: fc.constantFrom(...successes),
  failure: fc.constantFrom(...failures),
  params: fc.constantFrom(undefined, { id: z.int() }, { id: z.string().max(3) }),
  query: fc.constantFrom(undefined, { n: z.int().optional() }, { q: z.string() }, { tags: z.array(z.string()).optional() }),
  headers: fc.constantFrom(undefined, { 'x-token': z.string() }, { 'x-token': z.string().optional() }),
  body: fc.constantFrom(undefined, User, text(), bytes(), form(z.object({ a: z.string() })), [json(User), text()]),
  errors,
  ofDependency: errors,
  errorBody: fc.constantFrom<(ErrorBody | undefined)[]>(undefined, undefined, own, fastapi()),
})

type Thrown = () => unknown

const deeds: readonly { readonly name: string; readonly throws: Thrown }[] = [
  { name: 'an error with data', throws: () => new NotFound({ id: 1 }) },
  { name: 'an error', throws: () => new Gone() },
  { name: 'a conflict', throws: () => new Conflict() },
  { name: 'HTTPError 404', throws: () => new HTTPError(404) },
  {
    name: 'HTTPError 404 with its fields',
    throws: () => new HTTPError(404, 'none', { headers: { 'X-Why': 'y', 'Set-Cookie': 'seen=1' } }),
  },
  { name: 'HTTPError 404 of an object', throws: () => new HTTPError(404, { a: 1 }) },
  { name: 'HTTPError 418', throws: () => new HTTPError(418) },
  { name: 'HTTPError 500', throws: () => new HTTPError(500, 'down') },
  { name: 'RangeError', throws: () => new RangeError('x') },
  { name: 'Error', throws: () => new Error('x') },
]

/** A handler returns its result, throws, breaks its contract, or replies with a status. */
const deed = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: 'return' as const }) },
  fc.constantFrom(...deeds).map(({ name, throws }) => ({ kind: 'throw' as const, name, throws, inDependency: name.startsWith('an') })),
  fc.constant({ kind: 'break' as const }),
  fc.constantFrom(400, 404, 409, 422).map((status) => ({ kind: 'reply' as const, status })),
)

const handlers: readonly (HandledErrors & {
  readonly responses: HandledErrors['responses']
  readonly declared: Responses
  readonly status: number
})[] = [
  { key: RangeError, status: 400, declared: { 400: Plain } },
  { key: 422, status: 422, declared: { 422: Plain } },
  { key: 404, status: 404, declared: { 404: Plain } },
  { key: 500, status: 503, declared: { 503: Plain } },
  { key: Conflict, status: 410, declared: { 410: Plain } },
  { key: HTTPError, status: 418, declared: { '4XX': Plain } },
].map((handler) => ({ ...handler, responses: toDeclaredResponses(handler.declared, 'onError()') }))

/** Usually a valid value, sometimes another one. */
function mostly<Value>(usual: Value, ...others: Value[]): fc.Arbitrary<Value> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 2, arbitrary: fc.constantFrom(...others) })
}

const request = fc.record({
  path: mostly('/r/1', '/r/abcdef', '/r/%FF', '/r/x%2Fy'),
  search: mostly('?n=1&q=a', '', '?n=x', '?q=a&q=b', '?tags=a&tags=b', `?${'n=1&'.repeat(1001)}`),
  content: mostly<{ type?: string; text: string }>(
    { type: 'application/json', text: '{"id":1,"at":"2024-01-01T00:00:00Z"}' },
    { type: 'application/json', text: '{' },
    { type: 'application/json', text: 'x'.repeat(2000) },
    { type: 'text/plain', text: 'é' },
    { type: 'text/plain; charset=latin1', text: 'e' },
    { type: 'application/x-www-form-urlencoded', text: 'a=1' },
    { type: 'image/gif', text: '' },
    { text: 'x' },
  ),
  fields: fc.record({
    'x-token': mostly<string | undefined>('x', undefined),
    accept: mostly<string | undefined>(undefined, 'text/csv', 'application/json', 'image/webp'),
    range: mostly<string | undefined>(undefined, 'bytes=0-1', 'bytes=0-1,3-4', 'bytes=99-'),
    'if-none-match': mostly<string | undefined>(undefined, '*'),
    'if-match': mostly<string | undefined>(undefined, '"x"'),
  }),
})

function resolve<Value extends object>(document: OpenAPIDocument, value: Value | Reference): Value {
  if (!('$ref' in value)) return value
  const [, , section, name] = value.$ref.split('/')
  return (document.components as Record<string, Record<string, Value>>)[section!]![name!]!
}

function assertDocumented(document: OpenAPIDocument, method: string, response: Response, body: string): void {
  const { responses } = document.paths['/r/{id}']![method.toLowerCase()]!
  const { status } = response
  const found = responses[status] ?? responses[`${Math.floor(status / 100)}XX`] ?? responses['default']
  assert.ok(found, `${status} is not documented: ${Object.keys(responses).join(', ')}`)
  const { content = {}, headers = {} } = resolve<ResponseObject>(document, found)
  const validate = validatorOf(document)
  for (const [name, { required, schema }] of Object.entries(headers)) {
    const field = response.headers.get(name)
    assert.ok(required !== true || field !== null, `${status} lacks ${name}`)
    if (field === null) continue
    const readings = [field, ...(/^-?\d+$/.test(field) ? [Number(field)] : [])]
    assert.ok(
      readings.some((reading) => validate(schema, reading) === undefined),
      `${status} ${name}: ${field} does not fit ${JSON.stringify(schema)}`,
    )
  }
  if (body === '') return
  const type = response.headers.get('content-type')!.split(';')[0]!
  const media = content[type] ?? content['*/*']
  assert.ok(media, `${status} is ${type}, documented as ${Object.keys(content).join(', ')}`)
  if (!type.endsWith('json')) return
  assert.equal(validate(media.schema, JSON.parse(body)), undefined, `${status} ${body}`)
}

const application = fc.record({
  contract,
  deed,
  handlers: fc.subarray([...handlers]),
  body: fc.constantFrom(problem(), fastapi(), own),
  errors: fc.subarray([Conflict]),
})

type Application = typeof application extends fc.Arbitrary<infer Value> ? Value : never

/** Creates an app with one route, for GET and for POST, and its document. */
function build({
  contract: { success, failure, ofDependency, ...inputs },
  deed: does,
  handlers: handled,
  body,
  errors: ofApp,
}: Application) {
  const act = (isDependency: boolean) => {
    if (does.kind === 'throw' && does.inDependency === isDependency) throw does.throws()
  }
  const guard = dependency({ errors: ofDependency }, () => act(true))
  const declared = { ...inputs, dependencies: { guard }, responses: { ...success.responses, ...failure }, bodyLimitBytes: 1000 }
  const handler = ({ reply }: { reply: (status: number, value: unknown) => unknown }) => {
    act(false)
    if (does.kind === 'break') return { id: 'SECRET' }
    return does.kind === 'reply' ? reply(does.status, { detail: 'x', ticket: 'x' }) : success.value
  }
  const routes = (['GET', 'POST'] as const).map(
    (method) => defineRoute(method)('/r/{id}', declared as never, handler as never) as unknown as Route,
  )
  const settings = { errorBody: body, errors: ofApp }
  const app = createApp({ ...settings, logger: silent, openapiPath: false, docsPath: false })
  for (const { key, declared: responses, status } of handled) {
    const answer = (_error: unknown, { reply }: { reply: (status: number, value: unknown) => unknown }) =>
      reply(status, { detail: 'handled' })
    app.onError(key as never, { responses }, answer as never)
  }
  for (const route of routes) app.add(route)
  return { app, document: createDocument(routes, { ...settings, errorHandlers: handled }) }
}

type Asked = typeof request extends fc.Arbitrary<infer Value> ? Value : never

/** Sends a request, and checks the response against the document. */
async function ask({ app, document }: ReturnType<typeof build>, method: 'GET' | 'POST', asked: Asked): Promise<number> {
  const { path, search, content, fields } = asked
  const headers = new Headers()
  for (const [name, value] of Object.entries({ ...fields, 'content-type': content.type })) if (value !== undefined) headers.set(name, value)
  const body = method === 'GET' ? {} : { body: new TextEncoder().encode(content.text) }
  const response = await app.request(`${path}${search}`, { method, headers, ...body })
  assertDocumented(document, method, response, await response.text())
  return response.status
}

test('law: the status, media type, model and headers of every response are documented', async () => {
  const statuses = new Set<number>()
  await fc.assert(
    fc.asyncProperty(application, fc.array(request, { minLength: 4, maxLength: 6 }), async (given, requests) => {
      const built = build(given)
      for (const asked of requests) for (const method of ['GET', 'POST'] as const) statuses.add(await ask(built, method, asked))
    }),
    { numRuns: fuzzRuns(150) },
  )
  assert.ok(statuses.size > 8, `the only statuses were ${[...statuses].join(', ')}`)
})

describe('each status is sent, and is documented', () => {
  const plain: Application = {
    contract: {
      success: successes[0]!,
      failure: {},
      params: undefined,
      query: undefined,
      headers: undefined,
      body: undefined,
      errors: [],
      ofDependency: [],
      errorBody: undefined,
    },
    deed: { kind: 'return' },
    handlers: [],
    body: problem(),
    errors: [],
  }
  const usual: Asked = {
    path: '/r/1',
    search: '',
    content: { type: 'application/json', text: '{"id":1,"at":"2024-01-01T00:00:00Z"}' },
    fields: { 'x-token': undefined, accept: undefined, range: undefined, 'if-none-match': undefined, 'if-match': undefined },
  }
  const withFields = (fields: Partial<Asked['fields']>): Asked => ({ ...usual, fields: { ...usual.fields, ...fields } })
  const answering = (success: (typeof successes)[number]): Application => ({ ...plain, contract: { ...plain.contract, success } })
  const throwing = (throws: () => unknown, more: Partial<Application['contract']> = {}): Application => ({
    ...plain,
    contract: { ...plain.contract, ...more },
    deed: { kind: 'throw', name: '', throws, inDependency: false },
  })
  const files = answering({ responses: { 200: file({ mediaType: 'image/png' }) }, value: picture })
  const taking = { ...plain, contract: { ...plain.contract, body: User } }
  const cases: readonly (readonly [status: number, application: Application, asked: Asked, method?: 'POST'])[] = [
    [200, plain, usual],
    [201, answering(successes[1]!), usual],
    [204, answering(successes[3]!), usual],
    [302, answering(successes[4]!), usual],
    [206, files, withFields({ range: 'bytes=0-1' })],
    [206, files, withFields({ range: 'bytes=0-1,3-4' })],
    [304, files, withFields({ 'if-none-match': '*' })],
    [412, files, withFields({ 'if-match': '"x"' })],
    [416, files, withFields({ range: 'bytes=99-' })],
    [400, plain, { ...usual, path: '/r/%FF' }],
    [400, { ...plain, contract: { ...plain.contract, query: { q: z.string() } } }, { ...usual, search: `?${'n=1&'.repeat(1001)}` }],
    [404, throwing(() => new NotFound({ id: 1 }), { errors: [NotFound] }), usual],
    [404, throwing(() => new HTTPError(404), { failure: { 404: { description: 'Not there' } } }), usual],
    [406, answering(successes[2]!), withFields({ accept: 'image/webp' })],
    [409, throwing(() => new Conflict(), { ofDependency: [Conflict] }), usual],
    [413, taking, { ...usual, content: { type: 'application/json', text: 'x'.repeat(2000) } }, 'POST'],
    [415, taking, { ...usual, content: { type: 'image/gif', text: 'x' } }, 'POST'],
    [422, taking, { ...usual, content: { type: 'application/json', text: '{' } }, 'POST'],
    [422, { ...plain, contract: { ...plain.contract, params: { id: z.int() } } }, { ...usual, path: '/r/x' }],
    [500, throwing(() => new Error('x')), usual],
    [500, { ...plain, deed: { kind: 'break' } }, usual],
    [503, { ...throwing(() => new Error('x')), handlers: handlers.filter(({ status }) => status === 503) }, usual],
    [410, { ...throwing(() => new Conflict()), handlers: handlers.filter(({ status }) => status === 410) }, usual],
  ]
  for (const [index, [status, given, asked, method = 'GET']] of cases.entries()) {
    test(`${status} (${index})`, async () => assert.equal(await ask(build(given), method, asked), status))
  }
})
