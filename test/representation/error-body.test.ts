/** Bodies of errors: those of FastAPI to the letter, RFC 9457, and a user's own in any representation. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import {
  createApp,
  defineError,
  errorBody,
  fastapi,
  html,
  HTTPError,
  json,
  problem,
  text,
  type AppOptions,
  type ErrorBody,
} from '../../src/index.ts'
import { matrix } from '../support/matrix.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

const Item = z.object({ id: z.int() })
const Missing = defineError('ITEM_MISSING', { status: 404, detail: 'Item not found', data: Item })
const Undeclared = defineError('UNDECLARED', { status: 409, detail: 'Undeclared', data: z.object({ secret: z.string() }) })

function createFailingApp(body: ErrorBody, options: AppOptions = {}) {
  const app = createApp({ ...options, errorBody: body, logger: new RecordingLogger() })
  app.get('/items/{id}', { params: { id: z.int() }, responses: { 200: Item }, errors: [Missing] }, ({ params, fail }) => {
    if (params.id === 0) throw new Error('SECRET')
    if (params.id === 1) throw new Undeclared({ secret: 'SECRET' })
    throw fail(Missing, { id: params.id, secret: 'SECRET' } as { id: number })
  })
  app.post('/items', { body: Item, responses: { 200: Item, 400: body } }, ({ body: item }) => {
    if (item.id < 0) throw new HTTPError(400, { reason: 'negative', items: [1] })
    return item
  })
  return app
}

const post = (body: string) => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body })

matrix('fastapi() sends the bodies of FastAPI', createFailingApp(fastapi()), async (request) => {
  const seen = async (path: string, init?: RequestInit) => {
    const response = await request(path, init)
    return [response.status, response.headers.get('content-type'), await response.json()]
  }
  const type = 'application/json'
  assert.deepEqual(await seen('/items/7'), [404, type, { detail: 'Item not found' }])
  assert.deepEqual(await seen('/nowhere'), [404, type, { detail: 'Not Found' }])
  assert.deepEqual(await seen('/items/7', { method: 'PUT' }), [405, type, { detail: 'Method Not Allowed' }])
  assert.deepEqual(await seen('/items/0'), [500, type, { detail: 'Internal Server Error' }])
  assert.deepEqual(await seen('/items/1'), [500, type, { detail: 'Internal Server Error' }])
  assert.deepEqual(await seen('/items', post('{"id":-1}')), [400, type, { detail: 'Bad Request' }])
  assert.deepEqual(await seen('/items/x'), [
    422,
    type,
    { detail: [{ loc: ['path', 'id'], msg: 'Input should be a valid integer', type: 'int_parsing' }] },
  ])
  assert.deepEqual(await seen('/items', post('{}')), [
    422,
    type,
    { detail: [{ loc: ['body', 'id'], msg: 'Field required', type: 'missing' }] },
  ])
})

matrix(
  'fastapi({ codes: true }) adds the code and the data of declared errors',
  createFailingApp(fastapi({ codes: true })),
  async (request) => {
    assert.deepEqual(await (await request('/items/7')).json(), { detail: 'Item not found', code: 'ITEM_MISSING', data: { id: 7 } })
    assert.deepEqual(await (await request('/items/1')).json(), { detail: 'Internal Server Error' })
  },
)

test('fastapi() has the components that clients of FastAPI know', async () => {
  const document = (await (await createFailingApp(fastapi()).request('/openapi.json')).json()) as {
    components: { schemas: Record<string, { properties?: object; required?: string[] }> }
  }
  const { ValidationError, HTTPValidationError, ...others } = document.components.schemas
  assert.deepEqual(Object.keys(ValidationError!.properties!), ['loc', 'msg', 'type'])
  assert.deepEqual(Object.keys(HTTPValidationError!.properties!), ['detail'])
  assert.deepEqual(Object.keys(others), ['HTTPError'], 'declared errors have no components of their own')
})

matrix('problem() sends problem details', createFailingApp(problem()), async (request) => {
  const seen = async (path: string) => {
    const response = await request(path, { headers: { 'x-request-id': 'r1' } })
    assert.equal(response.headers.get('content-type'), 'application/problem+json')
    return response.json()
  }
  const common = { type: 'about:blank', request_id: 'r1' }
  assert.deepEqual(await seen('/items/7'), {
    ...common,
    title: 'Not Found',
    status: 404,
    detail: 'Item not found',
    code: 'ITEM_MISSING',
    data: { id: 7 },
  })
  assert.deepEqual(await seen('/items/1'), {
    ...common,
    title: 'Internal Server Error',
    status: 500,
    detail: 'Internal Server Error',
  })
})

describe('a body of your own', () => {
  const page = errorBody(html(), ({ status, title }, { code }) => `<h1>${status} ${title}</h1>${code ?? 'no code'}`)

  matrix('may be a page', createFailingApp(page), async (request) => {
    for (const [path, content] of Object.entries({
      '/items/7': '<h1>404 Not Found</h1>ITEM_MISSING',
      '/items/1': '<h1>500 Internal Server Error</h1>no code',
      '/nowhere': '<h1>404 Not Found</h1>no code',
    })) {
      const response = await request(path)
      assert.deepEqual([response.headers.get('content-type'), await response.text()], ['text/html; charset=utf-8', content])
    }
  })

  test('is in the document with its own media type', async () => {
    const document = (await (await createFailingApp(page).request('/openapi.json')).json()) as {
      paths: Record<string, { get: { responses: Record<string, unknown> } }>
    }
    assert.deepEqual(document.paths['/items/{id}']!.get.responses['404'], {
      description: 'Item not found',
      content: { 'text/html': { schema: { type: 'string' } } },
    })
  })

  const Failure = z.object({ jsonrpc: z.literal('2.0'), fields: z.array(z.string()), data: z.unknown().optional() })
  const failure = errorBody(json(Failure, 'application/vnd.failure+json'), (_error, { problems, data }) => ({
    // Literals keep their types: the model is read first.
    jsonrpc: '2.0',
    fields: problems.map(({ location }) => location.join('.')),
    data,
    secret: 'SECRET',
  }))

  matrix('has the problems and the data of an error, and is filtered by its model', createFailingApp(failure), async (request) => {
    const invalid = await request('/items/x')
    assert.equal(invalid.headers.get('content-type'), 'application/vnd.failure+json')
    assert.deepEqual(await invalid.json(), { jsonrpc: '2.0', fields: ['path.id'] })
    assert.deepEqual(await (await request('/items/7')).json(), { jsonrpc: '2.0', fields: [], data: { id: 7 } }, 'the data is filtered too')
    assert.deepEqual(await (await request('/items/1')).json(), { jsonrpc: '2.0', fields: [] })
  })

  const broken = errorBody(text(), () => 7 as never)
  matrix('that breaks its representation is a 500 without content', createFailingApp(broken), async (request) => {
    const response = await request('/items/7')
    assert.deepEqual([response.status, await response.text()], [500, ''])
  })
})
