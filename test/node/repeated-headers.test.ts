/** Header fields that are sent in two lines: every front answers alike, whichever of the lines it was given first. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { createApp, dependency, text } from '../../src/index.ts'
import { conditional, cors } from '../../src/middleware/index.ts'
import { toNodeHandler } from '../../src/node/index.ts'
import { apiKey, basic, bearer } from '../../src/security/index.ts'
import { listen } from '../support/listen.ts'
import { Wire } from '../support/wire.ts'

const Any = { 200: z.any() }
const fields = { 'x-s': z.string().optional(), 'user-agent': z.string().optional(), authorization: z.string().optional() }
const app = createApp({ docsPath: false })
app.use(cors({ origins: ['http://a.example'] }))
app.use(conditional())
app.get('/fields', { headers: fields, responses: Any }, ({ headers }) => headers)
const token = dependency({ security: bearer() }, ({ credentials }) => credentials)
const user = dependency({ security: basic() }, ({ credentials }) => credentials.username)
const key = dependency({ security: apiKey({ in: 'header', name: 'X-API-Key' }) }, ({ credentials }) => credentials)
app.get('/bearer', { dependencies: { token }, responses: Any }, ({ token }) => token)
app.get('/basic', { dependencies: { user }, responses: Any }, ({ user }) => user)
app.get('/key', { dependencies: { key }, responses: Any }, ({ key }) => key)
app.get('/tagged', { responses: { 200: text() } }, ({ response }) => {
  response.headers.set('etag', '"b"')
  response.headers.set('last-modified', 'Sat, 01 Jan 2022 00:00:00 GMT')
  return 'a text'
})
app.post('/body', { body: z.object({ a: z.int() }), responses: Any }, ({ body }) => body)

interface Case {
  readonly path: string
  readonly lines: readonly (readonly [name: string, value: string])[]
  readonly body?: string
  /** The status, and text of the answer. */
  readonly answer: readonly [status: number, text?: string]
}

const json = ['Content-Type', 'application/json'] as const
const twice = (name: string, one: string, other: string) => [[name, one] as const, [name, other] as const]
const basicOf = (name: string) => `Basic ${btoa(`${name}:x`)}`

const cases: Readonly<Record<string, Case>> = {
  'a field of the app': { path: '/fields', lines: twice('X-S', 'a', 'b'), answer: [200, '{"x-s":"a, b"}'] },
  'a field that node:http keeps once': { path: '/fields', lines: twice('User-Agent', 'a', 'b'), answer: [200, '{"user-agent":"a, b"}'] },
  'Authorization as a field': { path: '/fields', lines: twice('Authorization', 'a', 'b'), answer: [200, '{"authorization":"a, b"}'] },
  'two bearer tokens': { path: '/bearer', lines: twice('Authorization', 'Bearer a', 'Bearer b'), answer: [401] },
  'the same token twice': { path: '/bearer', lines: twice('Authorization', 'Bearer a', 'Bearer a'), answer: [401] },
  'two schemes': { path: '/bearer', lines: twice('Authorization', 'Bearer a', basicOf('b')), answer: [401] },
  'two users': { path: '/basic', lines: twice('Authorization', basicOf('a'), basicOf('b')), answer: [401] },
  'two keys are one key that no one has': { path: '/key', lines: twice('X-API-Key', 'a', 'b'), answer: [200, '"a, b"'] },
  'tags in two lines are one list': { path: '/tagged', lines: twice('If-None-Match', '"a"', '"b"'), answer: [304] },
  'tags in two lines are one list, If-Match': { path: '/tagged', lines: twice('If-Match', '"a"', '"b"'), answer: [200] },
  'no tag in two lines matches': { path: '/tagged', lines: twice('If-Match', '"a"', '"c"'), answer: [412] },
  'two dates are no date': {
    path: '/tagged',
    lines: twice('If-Modified-Since', 'Tue, 01 Jan 2030 00:00:00 GMT', 'Tue, 01 Jan 2030 00:00:00 GMT'),
    answer: [200],
  },
  'two ranges are no range': { path: '/tagged', lines: twice('Range', 'bytes=0-1', 'bytes=2-3'), answer: [200, 'a text'] },
  'types of two lines are one list': { path: '/tagged', lines: twice('Accept', 'image/png', 'text/plain'), answer: [200] },
  'two content types': { path: '/body', lines: [json, ['Content-Type', 'text/plain']], body: '{"a":1}', answer: [415] },
  'the same content type twice': { path: '/body', lines: [json, json], body: '{"a":1}', answer: [415] },
}

type Answer = readonly [status: number, text: string]
type Send = (one: Case) => Promise<Answer>

const methodOf = ({ body }: Case) => (body === undefined ? 'GET' : 'POST')

async function sendRaw(port: number, { path, lines, body }: Case): Promise<Answer> {
  const head = [
    `${body === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1`,
    'Host: x',
    'Connection: close',
    ...lines.map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : [`Content-Length: ${body.length}`]),
  ]
  using wire = new Wire(port).send(`${head.join('\r\n')}\r\n\r\n${body ?? ''}`)
  const answer = await wire.whole()
  return [Number(answer.slice(9, 12)), answer]
}

async function sendInMemory(one: Case): Promise<Answer> {
  const headers = new Headers(one.lines.map(([name, value]): [string, string] => [name, value]))
  const body = one.body === undefined ? {} : { body: one.body }
  const response = await app.fetch(new Request(`http://x${one.path}`, { method: methodOf(one), headers, ...body }))
  return [response.status, await response.text()]
}

async function listening(server: Server): Promise<AsyncDisposable & { readonly port: number }> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const fronts: Readonly<Record<string, () => Promise<AsyncDisposable & { readonly send: Send }>>> = {
  async serve() {
    const server = await listen(app)
    return { send: (one) => sendRaw(server.port, one), [Symbol.asyncDispose]: () => server.stop() }
  },
  async 'a server of node:http'() {
    const server = await listening(createServer(toNodeHandler(app) as RequestListener))
    return { send: (one) => sendRaw(server.port, one), [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
  },
  async 'app.fetch'() {
    return { send: sendInMemory, async [Symbol.asyncDispose]() {} }
  },
}

for (const [front, open] of Object.entries(fronts)) {
  describe(front, () => {
    for (const [name, one] of Object.entries(cases)) {
      test(name, async () => {
        await using opened = await open()
        const [status, received] = await opened.send(one)
        assert.equal(status, one.answer[0], received)
        assert.ok(received.includes(one.answer[1] ?? ''), received)
      })
    }

    test('two origins are not an origin that is allowed', async () => {
      await using opened = await open()
      const lines = twice('Origin', 'http://a.example', 'http://b.example')
      const [, received] = await opened.send({ path: '/tagged', lines, answer: [200] })
      assert.doesNotMatch(received, /access-control-allow-origin/i)
    })
  })
}

test('two hosts, or two lengths, are refused', async () => {
  await using server = await listen(app)
  await using plain = await listening(createServer(toNodeHandler(app) as RequestListener))
  for (const port of [server.port, plain.port]) {
    for (const lines of [twice('Host', 'a', 'b'), twice('Host', 'a', 'a'), [['Host', 'a'], ...twice('Content-Length', '0', '1')]]) {
      using wire = new Wire(port).send(
        `GET / HTTP/1.1\r\n${lines.map((line) => line.join(': ')).join('\r\n')}\r\nConnection: close\r\n\r\n`,
      )
      assert.match(await wire.whole(), /^HTTP\/1\.1 400 /)
    }
  }
})
