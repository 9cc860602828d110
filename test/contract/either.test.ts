/** One status with several representations, of which the handler chooses. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { bytes, createApp, DeclarationError, either, html, json, post, raw, sse, text, type Route } from '../../src/index.ts'
import { silent } from '../support/recording-logger.ts'

const Whole = z.object({ id: z.string() }).meta({ id: 'Whole' })
const Chunk = z.object({ delta: z.string() }).meta({ id: 'Chunk' })

function appOf(route: Route) {
  return createApp({ logger: silent }).add({ route })
}

const completion = post(
  '/completions',
  { body: z.object({ stream: z.boolean() }), responses: { 200: either(json(Whole), sse(Chunk, { end: '[DONE]' })) } },
  ({ body, event }) => {
    if (!body.stream) return { id: 'c1', secret: 'stays here' }
    return (async function* () {
      yield { delta: 'a', secret: 'stays here' }
      yield event.message({ delta: 'b' })
    })()
  },
)

const ask = (stream: boolean, accept = 'application/json') =>
  appOf(completion).request('/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ stream }),
  })

test('the handler chooses by the kind of its value, whatever the client accepts', async () => {
  const whole = await ask(false, 'text/event-stream')
  assert.equal(whole.headers.get('content-type'), 'application/json')
  assert.equal(whole.headers.get('vary'), null)
  assert.equal(await whole.text(), '{"id":"c1"}')
  const parts = await ask(true)
  assert.equal(parts.headers.get('content-type'), 'text/event-stream')
  assert.equal(await parts.text(), 'data: {"delta":"a"}\n\ndata: {"delta":"b"}\n\ndata: [DONE]\n\n')
})

test('each representation checks its own value', async () => {
  const route = post('/', { responses: { 200: either(json(Whole), sse(Chunk)) } }, () => ({ delta: 'a' }) as never)
  assert.equal((await appOf(route).request('/', { method: 'POST' })).status, 500)
})

test('each kind of value chooses its representation', async () => {
  const values: Record<string, unknown> = {
    'text/plain; charset=utf-8': 'text',
    'application/octet-stream': new Uint8Array([1]),
    'application/json': { id: 'x' },
    'text/csv': new Response('a', { headers: { 'content-type': 'text/csv' } }),
    'text/event-stream': [][Symbol.iterator](),
  }
  for (const [mediaType, value] of Object.entries(values)) {
    const declared = either(text(), bytes(), json(Whole), raw(), sse(Chunk))
    const response = await appOf(post('/', { responses: { 200: declared } }, () => value as never)).request('/', { method: 'POST' })
    assert.equal(response.status, 200, mediaType)
    assert.equal(response.headers.get('content-type'), mediaType)
  }
})

test('the media type given to reply() chooses between two representations of one kind', async () => {
  const declared = either(text(), html())
  const answer = (as?: string) =>
    appOf(post('/', { responses: { 200: declared } }, ({ reply }) => reply(200, '<p>', as === undefined ? {} : { as }))).request('/', {
      method: 'POST',
    })
  assert.equal((await answer('text/html')).headers.get('content-type'), 'text/html; charset=utf-8')
  assert.equal((await answer('text/plain')).headers.get('content-type'), 'text/plain; charset=utf-8')
  assert.equal((await answer()).status, 500)
  assert.equal((await answer('text/csv')).status, 500)
})

test('two representations of the same kind and media type are an error at declaration', () => {
  assert.throws(() => either(json(Whole), json(Chunk)), DeclarationError)
})

test('the document lists both media types and no Vary', async () => {
  const document = (await appOf(completion).document()) as unknown as {
    paths: Record<string, { post: { responses: Record<string, { content: object; headers?: object }> } }>
  }
  const { content, headers = {} } = document.paths['/completions']!.post.responses['200']!
  assert.deepEqual(Object.keys(content), ['application/json', 'text/event-stream'])
  assert.equal('Vary' in headers, false)
})
