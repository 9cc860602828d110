/** The parameters, request body and responses of an operation, rule by rule. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type } from 'arktype'
import { z } from 'zod'
import type { Route } from '../../src/index.ts'
import { toDeclaredResponses } from '../../src/contract/declared.ts'
import { createDocument } from '../../src/openapi/document.ts'
import type { OperationObject } from '../../src/openapi/operation.ts'
import type { ResponseObject } from '../../src/openapi/responses.ts'
import type { DocumentSettings } from '../../src/openapi/settings.ts'
import {
  bytes,
  defineError,
  dependency,
  empty,
  errorBody,
  fastapi,
  get,
  html,
  HTTPError,
  json,
  post,
  problem,
  raw,
  sse,
  text,
} from '../../src/index.ts'

const settings: DocumentSettings = { errorBody: problem(), errors: [], errorHandlers: [] }
const responses = { 200: z.string() }
const nothing = (): never => {
  throw new Error('Not called')
}

function documentOf(route: unknown, more: Partial<DocumentSettings> = {}) {
  return createDocument([route as Route], { ...settings, ...more })
}

function operationOf(route: unknown, more: Partial<DocumentSettings> = {}): OperationObject {
  const [item] = Object.values(documentOf(route, more).paths)
  return Object.values(item!)[0]!
}

const statusesOf = (route: unknown, more: Partial<DocumentSettings> = {}) => Object.keys(operationOf(route, more).responses)
const responseOf = (route: unknown, key: number | string, more: Partial<DocumentSettings> = {}) =>
  operationOf(route, more).responses[key] as ResponseObject

const namesOf = (route: unknown) => operationOf(route).parameters?.map(({ name }) => name)
const bodyOf = (body: never) => operationOf(post('/a', { body, responses }, nothing)).requestBody
const typesOf = (route: unknown) => Object.keys(responseOf(route, 404, { errorBody: fastapi() }).content!)
const refOf = (route: unknown, key: string | number) =>
  Object.values(responseOf(route, key, { errorBody: fastapi({ codes: true }) }).content!)[0]!.schema!.$ref

test('parameters by location, and which of them are required', () => {
  const route = get(
    '/a/{id}/{rest}',
    {
      params: { id: z.int() },
      query: { n: z.int(), m: z.int().optional(), list: z.array(z.int()).default([]) },
      headers: { 'x-token': z.string().describe('Who asks') },
      cookies: { theme: z.enum(['dark', 'light']).optional() },
      responses,
    },
    nothing,
  )
  assert.deepEqual(operationOf(route).parameters, [
    { name: 'id', in: 'path', required: true, schema: { type: 'integer' } },
    { name: 'rest', in: 'path', required: true, schema: { type: 'string' } },
    { name: 'n', in: 'query', required: true, schema: { type: 'integer' } },
    { name: 'm', in: 'query', schema: { type: 'integer' } },
    { name: 'list', in: 'query', schema: { type: 'array', items: { type: 'integer' }, default: [] } },
    { name: 'x-token', in: 'header', description: 'Who asks', required: true, schema: { type: 'string' } },
    { name: 'theme', in: 'cookie', schema: { type: 'string', enum: ['dark', 'light'] } },
  ])
})

test('the inputs of a location may be one object schema of any library', () => {
  const expected = [
    { name: 'q', in: 'query', required: true, schema: { type: 'string' } },
    { name: 'n', in: 'query', schema: { type: 'number' } },
  ]
  const zod = z.object({ q: z.string(), n: z.number().optional() })
  assert.deepEqual(operationOf(get('/a', { query: zod, responses }, nothing)).parameters, expected)
  assert.deepEqual(operationOf(get('/a', { query: zod.refine(() => true), responses }, nothing)).parameters, expected)
  assert.deepEqual(
    operationOf(get('/a', { query: type({ q: 'string', 'n?': 'number' }), responses }, nothing)).parameters?.toReversed(),
    expected.toReversed(),
  )
})

test('parameters cannot be null', () => {
  const query = { a: z.int().nullable().default(null), b: z.union([z.string(), z.null()]).optional() }
  assert.deepEqual(operationOf(get('/a', { query, responses }, nothing)).parameters, [
    { name: 'a', in: 'query', schema: { type: 'integer' } },
    { name: 'b', in: 'query', schema: { type: 'string' } },
  ])
})

test('a list in a header or the path has the style simple', () => {
  const list = z.array(z.int())
  const schema = { type: 'array', items: { type: 'integer' } }
  const route = get('/a/{ids}', { params: { ids: list }, query: { ids: list }, headers: { ids: list.optional() }, responses }, nothing)
  assert.deepEqual(operationOf(route).parameters, [
    { name: 'ids', in: 'path', required: true, style: 'simple', schema },
    { name: 'ids', in: 'query', required: true, schema },
    { name: 'ids', in: 'header', style: 'simple', schema },
  ])
})

test('parameters with arbitrary names are one object', () => {
  const many = { in: 'query', style: 'form', explode: true }
  const numbers = z.record(z.string().min(2), z.int()).describe('Counts')
  assert.deepEqual(operationOf(get('/a', { query: numbers, responses }, nothing)).parameters, [
    {
      name: 'query',
      description: 'Counts',
      ...many,
      schema: { type: 'object', propertyNames: { type: 'string', minLength: 2 }, additionalProperties: { type: 'integer' } },
    },
  ])
  const open = z.object({ query: z.string().optional() }).catchall(z.boolean())
  assert.deepEqual(operationOf(get('/a', { query: open, responses }, nothing)).parameters, [
    { name: 'query', in: 'query', schema: { type: 'string' } },
    { name: 'query_', ...many, schema: { type: 'object', additionalProperties: { type: 'boolean' } } },
  ])
  assert.deepEqual(namesOf(get('/a', { query: z.looseObject({ q: z.string() }), responses }, nothing)), ['q', 'query'])
  assert.deepEqual(namesOf(get('/a', { query: z.strictObject({ q: z.string() }), responses }, nothing)), ['q'])
  const unnamed = get('/a', { headers: z.record(z.string(), z.string()), cookies: z.record(z.string(), z.int()), responses }, nothing)
  assert.deepEqual([namesOf(unnamed), statusesOf(unnamed)], [undefined, ['200', '422', '500']])
})

test('inputs of direct and indirect dependencies are parameters, and a repeated name is one parameter', () => {
  const inner = dependency({ headers: { 'X-Token': z.string() }, query: { n: z.int() } }, () => 1)
  const outer = dependency({ dependencies: { inner }, cookies: { c: z.string() } }, () => 1)
  const route = get(
    '/a',
    { dependencies: { outer }, query: { n: z.int().max(9).optional() }, headers: { 'x-token': z.string() }, responses },
    nothing,
  )
  assert.deepEqual(operationOf(route).parameters, [
    { name: 'n', in: 'query', required: true, schema: { allOf: [{ type: 'integer', maximum: 9 }, { type: 'integer' }] } },
    { name: 'x-token', in: 'header', required: true, schema: { type: 'string' } },
    { name: 'c', in: 'cookie', required: true, schema: { type: 'string' } },
  ])
})

test('an event stream has the parameter Last-Event-ID', () => {
  assert.deepEqual(namesOf(get('/a', { responses: { 200: sse(z.int()) } }, nothing)), ['Last-Event-ID'])
  assert.deepEqual(namesOf(get('/a', { headers: { 'last-event-id': z.int() }, responses: { 200: sse(z.int()) } }, nothing)), [
    'last-event-id',
  ])
})

test('request bodies by media type', () => {
  assert.deepEqual(bodyOf(z.int() as never), { required: true, content: { 'application/json': { schema: { type: 'integer' } } } })
  assert.deepEqual(bodyOf(z.int().optional() as never), { content: { 'application/json': { schema: { type: 'integer' } } } })
  assert.deepEqual(bodyOf([json(z.int()), text()] as never), {
    required: true,
    content: { 'application/json': { schema: { type: 'integer' } }, 'text/plain': { schema: { type: 'string' } } },
  })
})

test('an error is documented only if it is possible', () => {
  assert.deepEqual(statusesOf(get('/a', { responses }, nothing)), ['200', '500'])
  const takingNul = z.string().meta({ nul: true })
  assert.deepEqual(statusesOf(get('/a/{b}', { responses }, nothing)), ['200', '400', '422', '500'])
  assert.deepEqual(statusesOf(get('/a/{b}', { params: { b: z.string() }, responses }, nothing)), ['200', '400', '422', '500'])
  assert.deepEqual(statusesOf(get('/a/{b}', { params: { b: takingNul }, responses }, nothing)), ['200', '400', '500'])
  assert.deepEqual(statusesOf(get('/a/{b}', { params: { b: z.int() }, responses }, nothing)), ['200', '400', '422', '500'])
  assert.deepEqual(statusesOf(get('/a', { query: { q: z.string().optional() }, responses }, nothing)), ['200', '400', '422', '500'])
  assert.deepEqual(statusesOf(get('/a', { query: { q: z.array(takingNul).optional() }, responses }, nothing)), ['200', '400', '500'])
  assert.deepEqual(statusesOf(get('/a', { headers: { h: z.string().optional() }, responses }, nothing)), ['200', '500'])
  assert.deepEqual(statusesOf(get('/a', { headers: { h: z.string() }, responses }, nothing)), ['200', '422', '500'])
  assert.deepEqual(statusesOf(get('/a', { headers: { h: z.string().min(0).optional() }, responses }, nothing)), ['200', '500'])
  assert.deepEqual(statusesOf(post('/a', { body: bytes(), responses }, nothing)), ['200', '413', '415', '422', '500'])
  assert.deepEqual(statusesOf(get('/a', { responses: { 200: [json(z.int()), text()] } }, nothing)), ['200', '406', '500'])
})

const NotFound = defineError('NOT_FOUND', { status: 404, detail: 'None' })
const Gone = defineError('GONE', { status: 404, detail: 'No more' })
const Slow = defineError('SLOW', { status: 429, detail: 'Slow down', headers: { 'Retry-After': '60' } })

test('several errors with one status are discriminated by their code', () => {
  const { description, content } = responseOf(get('/a', { responses, errors: [NotFound, Gone] }, nothing), 404)
  assert.equal(description, 'None; No more')
  assert.deepEqual(content!['application/problem+json']!.schema!.discriminator, {
    propertyName: 'code',
    mapping: { NOT_FOUND: '#/components/schemas/NotFoundProblem', GONE: '#/components/schemas/GoneProblem' },
  })
})

test('errors of dependencies and of the app, with their headers', () => {
  const guard = dependency({ errors: [Slow] }, () => 1)
  const route = get('/a', { dependencies: { guard }, responses }, nothing)
  const { headers } = responseOf(route, 429)
  assert.deepEqual(headers, { 'Retry-After': { required: true, schema: { type: 'string', const: '60' } } })
  assert.deepEqual(statusesOf(route, { errors: [NotFound] }), ['200', '404', '429', '500'])
})

test('errors are sent in the error body of the response, else of the route, else of the app', () => {
  const Mine = z.object({ error: z.string() }).meta({ id: 'Mine' })
  const mine = errorBody(Mine, ({ title }) => ({ error: title }))
  assert.equal(refOf(get('/a', { responses, errors: [NotFound] }, nothing), 404), '#/components/schemas/NotFoundError')
  assert.equal(refOf(get('/a', { responses, errors: [NotFound], errorBody: mine }, nothing), 404), '#/components/schemas/Mine')
  assert.equal(refOf(get('/a', { responses: { ...responses, 404: mine }, errors: [NotFound] }, nothing), 404), '#/components/schemas/Mine')
  assert.deepEqual(typesOf(get('/a', { responses: { ...responses, 404: { description: 'Not there' } }, errorBody: problem() }, nothing)), [
    'application/problem+json',
  ])
  assert.equal(refOf(get('/a', { responses: { ...responses, 500: mine } }, nothing), 500), '#/components/schemas/Mine')
})

test('a declared model for 500 may not fit an error, so the error body of the app is documented too', () => {
  const Mine = z.object({ error: z.string() }).meta({ id: 'Mine' })
  for (const key of [500, '5XX', 'default']) {
    const { content } = responseOf(get('/a', { responses: { ...responses, [key]: Mine } }, nothing), 500, { errorBody: fastapi() })
    assert.deepEqual(content!['application/json']!.schema!.anyOf, [
      { $ref: '#/components/schemas/Mine' },
      { $ref: '#/components/schemas/HTTPError' },
    ])
  }
})

test('the responses of an error handler replace those of the errors that it handles', () => {
  const Handled = z.object({ handled: z.boolean() }).meta({ id: 'Handled' })
  const route = get('/a', { responses, errors: [NotFound, Slow] }, nothing)
  const handledBy = (key: DocumentSettings['errorHandlers'][number]['key']) => ({
    errorHandlers: [{ key, responses: toDeclaredResponses({ 410: Handled }, 'onError()') }],
  })
  assert.deepEqual(statusesOf(route, handledBy(RangeError)), ['200', '404', '410', '429', '500'])
  assert.deepEqual(statusesOf(route, handledBy(404)), ['200', '410', '429', '500'])
  assert.deepEqual(statusesOf(route, handledBy(NotFound as never)), ['200', '410', '429', '500'])
  assert.deepEqual(statusesOf(route, handledBy(HTTPError)), ['200', '410', '500'])
  assert.deepEqual(statusesOf(route, handledBy(Error)), ['200', '404', '410', '429', '500'])
})

test('a declared range also applies to statuses that the framework sends', () => {
  const Any = z.object({ any: z.boolean() }).meta({ id: 'Any' })
  const { content } = responseOf(get('/a/{id}', { params: { id: z.int() }, responses: { ...responses, '4XX': Any } }, nothing), 422)
  assert.deepEqual(Object.keys(content!), ['application/json', 'application/problem+json'])
})

test('headers and cookies of responses', () => {
  const declared = {
    200: { body: z.int(), headers: { 'X-Total': z.int().describe('All'), ETag: z.string().optional() }, cookies: { session: z.string() } },
  }
  assert.deepEqual(responseOf(get('/a', { responses: declared }, nothing), 200).headers, {
    'X-Total': { description: 'All', required: true, schema: { type: 'integer' } },
    ETag: { schema: { type: 'string' } },
    'Set-Cookie': { description: 'Sets `session`', required: true, schema: { type: 'string' } },
  })
  const optional = { 200: { cookies: { session: z.string().optional().describe('Who'), seen: z.int().optional() } } }
  assert.deepEqual(responseOf(get('/a', { responses: optional }, nothing), 200).headers, {
    'Set-Cookie': { description: 'Sets `session`: Who; `seen`', schema: { type: 'string' } },
  })
})

test('a response without content, and one with any media type', () => {
  assert.deepEqual(responseOf(get('/a', { responses: { 204: empty() } }, nothing), 204), { description: 'No Content' })
  assert.deepEqual(responseOf(get('/a', { responses: { 200: raw() } }, nothing), 200).content, { '*/*': { schema: {} } })
})

test('paths that OpenAPI treats as identical are one path', () => {
  const { paths } = createDocument(
    [get('/a/{id}', { responses }, nothing), post('/a/{other}', { params: { other: z.int() }, responses }, nothing)],
    settings,
  )
  assert.deepEqual(Object.keys(paths), ['/a/{id}'])
  assert.deepEqual(paths['/a/{id}']!['post']!.parameters, [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }])
  assert.throws(() => createDocument([get('/a/{id}', { responses }, nothing), get('/a/{+rest}', { responses }, nothing)], settings), {
    name: 'DeclarationError',
    message: /^DUPLICATE_OPERATION: GET \/a\/\{\+rest\}: /,
  })
})

test('a thrown error with several error bodies is documented in each of them', () => {
  const page = errorBody(html(), ({ detail }) => `<p>${String(detail)}</p>`)
  const Gone = defineError('GONE', { status: 410, detail: 'Gone' })
  const route = get('/a', { responses: { 200: z.string(), 410: [problem(), page] }, errors: [Gone] }, nothing)
  const { content, headers } = responseOf(route, 410)
  assert.deepEqual(Object.keys(content!), ['application/problem+json', 'text/html'])
  assert.equal(headers!['Vary']!.required, true)
})

test('an object in the query is written as name[member]', () => {
  const filter = z.object({ status: z.string() }).optional()
  const [parameter] = operationOf(get('/a', { query: { filter }, responses }, nothing)).parameters ?? []
  assert.deepEqual(parameter, {
    name: 'filter',
    in: 'query',
    style: 'deepObject',
    explode: true,
    schema: { type: 'object', properties: { status: { type: 'string' } }, required: ['status'] },
  })
})

test('the header of an error is a constant only if no other response has the same status', () => {
  const Gone = defineError('GONE', { status: 410, detail: 'Gone', headers: { 'X-Why': 'moved' } })
  const alone = get('/a', { responses, errors: [Gone] }, nothing)
  const beside = get('/a', { responses: { ...responses, 410: { description: 'Not here' } }, errors: [Gone] }, nothing)
  assert.deepEqual(responseOf(alone, 410).headers!['X-Why'], { required: true, schema: { type: 'string', const: 'moved' } })
  assert.deepEqual(responseOf(beside, 410).headers!['X-Why'], { schema: { type: 'string' } })
})
