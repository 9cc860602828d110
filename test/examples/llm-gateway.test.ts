/** The gateway example, driven by the client of OpenAI over a connection. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import type { OpenAPIDocument } from '../../src/index.ts'
import { Example, type RunningExample } from './example.ts'
import { findRecommended } from './recommended.ts'

const run = promisify(execFile)
const example = new Example('llm-gateway')

/** What the tests use of the package `openai`, whose own types are there only where the example is installed. */
interface OpenAI {
  readonly chat: { readonly completions: { create(body: object, options?: object): Promise<Completion & AsyncIterable<Chunk>> } }
  readonly embeddings: { create(body: object): Promise<{ data: { embedding: number[] }[]; usage: object }> }
  readonly models: { list(): AsyncIterable<{ id: string }>; retrieve(id: string): Promise<{ id: string }> }
}

interface Completion {
  readonly choices: readonly { message: { content: string }; finish_reason: string }[]
  readonly usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number }
}

interface Chunk {
  readonly choices: readonly { delta: { role?: string; content?: string }; finish_reason: string | null }[]
  readonly usage?: object
}

type OpenAIClass = new (options: object) => OpenAI

function connect(url: string, apiKey = 'sk-local'): OpenAI {
  const { OpenAI } = example.require('openai') as { OpenAI: OpenAIClass }
  return new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 })
}

const ask = (content: string, more: object = {}) => ({ model: 'parrot', messages: [{ role: 'user', content }], ...more })
const LONG = Array.from({ length: 400 }, (_, index) => `word${index}`).join(' ')
const LONG_TOKENS = 402

async function collect(chunks: AsyncIterable<Chunk>, seen: Chunk[] = []): Promise<Chunk[]> {
  for await (const chunk of chunks) seen.push(chunk)
  return seen
}

const textOf = (chunks: readonly Chunk[]) => chunks.map(({ choices: [choice] }) => choice?.delta.content ?? '').join('')

/** The client keeps the fields of the error's body. */
const apiError = (name: string, fields: Readonly<Record<string, unknown>>) => (error: object) => {
  const found = Object.keys(fields).map((key) => [key, Reflect.get(error, key)])
  assert.deepEqual([error.constructor.name, Object.fromEntries(found)], [name, fields])
  return true
}

describe('the llm-gateway example', { skip: example.skip }, () => {
  let gateway: RunningExample
  let client: OpenAI

  before(async () => {
    gateway = await example.start({ MS_PER_TOKEN: '5' })
    client = connect(gateway.url)
  })
  after(() => gateway[Symbol.asyncDispose]())

  test('the commands of its README work', async () => {
    const commands = await example.readCommands(gateway.url)
    assert.ok(commands.length >= 5)
    for (const command of commands) {
      const { stdout } = await run('bash', ['-c', command])
      assert.match(
        stdout,
        command.includes('-N') ? /^data: \[DONE\]$/m : command.includes('Bearer') ? /^HTTP\/1\.1 200/ : /^HTTP\/1\.1 401/,
      )
    }
  })

  test('a completion is whole, and counts its tokens', async () => {
    const { choices, usage } = await client.chat.completions.create(ask('Hello, world'))
    assert.deepEqual([choices[0]?.message.content, choices[0]?.finish_reason], ['You said: Hello, world', 'stop'])
    assert.deepEqual(usage, { prompt_tokens: 2, completion_tokens: 4, total_tokens: 6 })
  })

  test('a completion stops at the limit of tokens and says so', async () => {
    const { choices } = await client.chat.completions.create(ask('Hello, world', { max_completion_tokens: 3 }))
    assert.deepEqual([choices[0]?.message.content, choices[0]?.finish_reason], ['You said: Hello,', 'length'])
  })

  test('a stream has the same text, and its usage where that is asked for', async () => {
    const options = { stream: true, stream_options: { include_usage: true } }
    const chunks = await collect(await client.chat.completions.create(ask('Hello, world', options)))
    assert.equal(textOf(chunks), 'You said: Hello, world')
    assert.deepEqual(
      chunks.map(({ choices: [choice] }) => choice?.finish_reason),
      [null, null, null, 'stop', undefined],
    )
    assert.deepEqual(chunks.at(-1)?.usage, { prompt_tokens: 2, completion_tokens: 4, total_tokens: 6 })
  })

  test('an aborted stream ends its producer', async () => {
    const controller = new AbortController()
    const stream = await client.chat.completions.create(ask(LONG, { stream: true }), { signal: controller.signal })
    const seen: Chunk[] = []
    for await (const chunk of stream) {
      seen.push(chunk)
      if (seen.length === 3) controller.abort()
    }
    const [, told] = await gateway.waitFor(new RegExp(`ended after (\\d+) of ${LONG_TOKENS} tokens`))
    assert.ok(Number(told) < LONG_TOKENS, told)
  })

  test('an aborted completion ends its producer', async () => {
    const controller = new AbortController()
    const question = `${LONG} and one more word`
    const asked = client.chat.completions.create(ask(question), { signal: controller.signal })
    void gateway.waitFor(new RegExp(`begins, of ${LONG_TOKENS + 4} tokens`)).then(() => controller.abort())
    await assert.rejects(asked, { message: 'Request was aborted.' })
    const [, told] = await gateway.waitFor(new RegExp(`ended after (\\d+) of ${LONG_TOKENS + 4} tokens`))
    assert.ok(Number(told) < LONG_TOKENS, told)
  })

  test('an error before the first token is an ordinary error response', async () => {
    for (const stream of [false, true]) {
      await assert.rejects(
        client.chat.completions.create(ask('Hello', { model: 'overloaded-parrot', stream })),
        apiError('InternalServerError', { status: 503, code: 'overloaded', message: '503 The model is overloaded' }),
      )
    }
  })

  test('an error in the middle of a stream is an APIError after the chunks before it', async () => {
    const stream = await client.chat.completions.create(ask('Hello to the bird', { model: 'failing-parrot', stream: true }))
    const seen: Chunk[] = []
    await assert.rejects(collect(stream, seen), apiError('APIError', { type: 'server_error', message: 'Internal Server Error' }))
    assert.equal(textOf(seen), 'You said: Hello')
    await gateway.waitFor(/The parrot flew away/)
  })

  test('a wrong request is a 400 that names the field', async () => {
    const wrong = { model: 'parrot', messages: [{ role: 'nobody', content: 'Hello' }] }
    await assert.rejects(client.chat.completions.create(wrong), apiError('BadRequestError', { status: 400, param: 'messages.0.role' }))
  })

  test('a wrong key is refused before the body is judged', async () => {
    const stranger = connect(gateway.url, 'sk-wrong')
    await assert.rejects(
      stranger.chat.completions.create({ model: 1 }),
      apiError('AuthenticationError', { status: 401, code: 'invalid_api_key' }),
    )
  })

  test('a request without a key is told how to send one', async () => {
    const response = await fetch(`${gateway.url}/v1/models`)
    assert.deepEqual([response.status, response.headers.get('www-authenticate')], [401, 'Bearer'])
    const { error } = (await response.json()) as { error: { type: string; code: string } }
    assert.deepEqual([error.type, error.code], ['invalid_request_error', 'unauthorized'])
  })

  test('its document asks for the key, and pages of any origin may ask with one', async () => {
    const { paths, components } = (await (await fetch(`${gateway.url}/openapi.json`)).json()) as OpenAPIDocument
    assert.deepEqual(components.securitySchemes, { key: { type: 'http', scheme: 'bearer' } })
    assert.deepEqual(paths['/v1/chat/completions']!['post']!.security, [{ key: [] }])
    const headers = { origin: 'https://chat.example', 'access-control-request-method': 'POST' }
    const preflight = await fetch(`${gateway.url}/v1/chat/completions`, { method: 'OPTIONS', headers })
    assert.equal(preflight.headers.get('access-control-allow-origin'), '*')
    assert.equal(preflight.headers.get('access-control-allow-headers'), 'content-type, authorization')
  })

  test('a client that asks too often is told when to come back', async () => {
    await using limited = await example.start({ REQUESTS_PER_MINUTE: '1' })
    const strict = connect(limited.url)
    assert.equal((await strict.models.retrieve('parrot')).id, 'parrot')
    await assert.rejects(strict.models.retrieve('parrot'), apiError('RateLimitError', { status: 429 }))
  })

  test('models are listed, and one that does not exist is named', async () => {
    const ids: string[] = []
    for await (const { id } of client.models.list()) ids.push(id)
    assert.deepEqual(ids, ['parrot', 'overloaded-parrot', 'failing-parrot'])
    assert.equal((await client.models.retrieve('parrot')).id, 'parrot')
    await assert.rejects(
      client.models.retrieve('owl'),
      apiError('NotFoundError', { status: 404, code: 'model_not_found', message: '404 The model "owl" does not exist' }),
    )
  })

  test('embeddings are the same in both encodings', async () => {
    const asked = { model: 'parrot', input: ['one', 'two'] }
    const [decoded, plain] = [await client.embeddings.create(asked), await client.embeddings.create({ ...asked, encoding_format: 'float' })]
    assert.equal(decoded.data.length, 2)
    assert.deepEqual(decoded, plain)
    assert.notDeepEqual(decoded.data[0]?.embedding, decoded.data[1]?.embedding)
  })

  test('its document has no findings', async () => {
    assert.deepEqual(await findRecommended(await (await fetch(`${gateway.url}/openapi.json`)).text()), [])
  })
})

/** Starts a stream, and stops the server when the first chunk has arrived. */
async function stopInTheMiddle(stopTimeoutMs: number) {
  await using gateway = await example.start({ MS_PER_TOKEN: '5', STOP_TIMEOUT_MS: String(stopTimeoutMs) })
  const stream = await connect(gateway.url).chat.completions.create(ask(LONG, { stream: true }))
  const seen: Chunk[] = []
  let stopped: Promise<readonly unknown[]> | undefined
  let error: unknown
  try {
    for await (const chunk of stream) {
      seen.push(chunk)
      stopped ??= gateway.stop()
    }
  } catch (thrown) {
    error = thrown
  }
  return { seen, error, exit: await stopped }
}

describe('the llm-gateway example, stopped in the middle of a stream', { skip: example.skip }, () => {
  test('a stream that ends within the deadline is complete', async () => {
    const { seen, error, exit } = await stopInTheMiddle(30_000)
    assert.equal(error, undefined)
    assert.deepEqual([seen.length, seen.at(-1)?.choices[0]?.finish_reason], [LONG_TOKENS, 'stop'])
    assert.deepEqual(exit, [0, null])
  })

  test('a stream that does not end within the deadline is an error at the client', async () => {
    const { seen, error } = await stopInTheMiddle(100)
    assert.ok(error instanceof Error, 'the stream ended as if it were complete')
    assert.ok(seen.length < LONG_TOKENS)
  })
})
