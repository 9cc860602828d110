/** A `DeclarationError` names its place: the route, the input or the response, and the field of the model. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createApp, DeclarationError, defineError, dependency, form, jsonl, text, type App } from '../src/index.ts'
import { z } from 'zod'

const map = z.map(z.string(), z.int())
const withFunction = z.object({ lines: z.array(z.object({ price: z.custom<number>(), format: z.function() })) })
const ok = { 200: text() }

const wrong: Record<string, readonly [place: string, declare: (app: App) => unknown]> = {
  'a query parameter': ['GET /items query.tags:', (app) => app.get('/items', { query: { tags: map }, responses: ok }, () => '')],
  'a path parameter': ['GET /items/{id} params.id:', (app) => app.get('/items/{id}', { params: { id: map }, responses: ok }, () => '')],
  'a header': ['GET /items headers.x-tags:', (app) => app.get('/items', { headers: { 'x-tags': map }, responses: ok }, () => '')],
  'a cookie': ['GET /items cookies.tags:', (app) => app.get('/items', { cookies: { tags: map }, responses: ok }, () => '')],
  'a parameter in the one schema of a location': [
    'GET /items query.tags:',
    (app) => app.get('/items', { query: z.object({ tags: map }), responses: ok }, () => ''),
  ],
  'the one schema of a location': [
    'GET /items query:',
    (app) => app.get('/items', { query: z.array(z.string()), responses: ok }, () => ''),
  ],
  'a parameter of a dependency': [
    'GET /items query.tags:',
    (app) => app.get('/items', { dependencies: { tags: dependency({ query: { tags: map } }, () => 1) }, responses: ok }, () => ''),
  ],
  'a field of a form': [
    'POST /items body.tags:',
    (app) => app.post('/items', { body: form(z.object({ tags: map })), responses: ok }, () => ''),
  ],
  'a body': ['POST /items body.lines.format:', (app) => app.post('/items', { body: withFunction, responses: ok }, () => '')],
  'a response': [
    'GET /items responses.200.lines.format:',
    (app) => app.get('/items', { responses: { 200: withFunction } }, () => null as never),
  ],
  'a line of a stream': [
    'GET /items responses.200.lines.format:',
    (app) => app.get('/items', { responses: { 200: jsonl(withFunction) } }, () => null as never),
  ],
  'a header of a response': [
    'GET /items responses.200.X-Tags:',
    (app) => app.get('/items', { responses: { 200: { body: text(), headers: { 'X-Tags': map } } } }, () => null as never),
  ],
  'the response of an error handler': [
    'onError(RangeError) responses.400.lines.format:',
    (app) => app.onError(RangeError, { responses: { 400: withFunction } }, () => null as never),
  ],
}

describe('the place of a wrong declaration', () => {
  for (const [name, [place, declare]] of Object.entries(wrong))
    test(name, () => {
      assert.throws(
        () => declare(createApp()),
        (error) => error instanceof DeclarationError && error.message.startsWith(`${error.code}: ${place} `),
      )
    })
})

test('content for a status that never has any is refused', () => {
  assert.throws(
    () => createApp().get('/items', { responses: { 204: text() } }, () => ''),
    /^DeclarationError: RESPONSE_BODY: GET \/items responses\.204: .* text\/plain; charset=utf-8 was declared for it/,
  )
})

test('two errors with one code are named as errors', async () => {
  const app = createApp()
  const first = defineError('NOT_FOUND', { status: 404, detail: 'x', data: z.object({ id: z.int() }) })
  const second = defineError('NOT_FOUND', { status: 404, detail: 'x', data: z.object({ name: z.string() }) })
  app.get('/users', { responses: ok, errors: [first] }, () => '')
  assert.throws(
    () => app.get('/items', { responses: ok, errors: [second] }, () => ''),
    /DUPLICATE_MODEL: GET \/items: the model id NotFoundProblem .* in GET \/users\. .* give one error another code/,
  )
})
