/** The requests in a report: each has the failure of its message, and can be sent again. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { describe, test } from 'node:test'
import { checkContract, formatResult, toTestFile, type CheckOptions } from '../../src/check/index.ts'
import { startServer } from '../support/http-server.ts'

const OPTIONS: CheckOptions = { seed: 1, requests: 5, unsafe: true }
const JSON_TYPE = 'application/json'

function documentOf(paths: object, components: object = {}): object {
  return { openapi: '3.1.0', info: { title: 'Books', version: '1.0.0' }, paths, components }
}

const Book = {
  type: 'object',
  required: ['title', 'pages'],
  properties: { title: { type: 'string', minLength: 1, maxLength: 40 }, pages: { type: 'integer' } },
}

test('the smallest request breaks the document in the way that the message says', async () => {
  await using server = await startServer((_request, response) => response.writeHead(204).end())
  const post = { requestBody: { required: true, content: { [JSON_TYPE]: { schema: Book } } }, responses: { 204: { description: 'OK' } } }
  const { causes } = await checkContract(server.url, { ...OPTIONS, document: documentOf({ '/books': { post } }), phases: ['invalid'] })
  const shown = causes.map(({ message, steps }) => [message.split(': expected')[0], new TextDecoder().decode(steps[0]!.body)])
  assert.deepEqual(
    shown.filter(([message]) => message!.startsWith('body')),
    [
      ['body: text instead of object', '"a"'],
      ['body.title: left out', '{"pages":0}'],
      ['body.pages: left out', '{"title":"a"}'],
    ],
  )
})

/** Sends an ETag and supports If-None-Match, as Express and other frameworks do by default. */
function answerWithTag(request: IncomingMessage) {
  const tag = `"${createHash('sha1')
    .update(request.url ?? '')
    .digest('hex')}"`
  return { status: request.headers['if-none-match'] === tag ? 304 : 200, tag }
}

test('a 304 for If-None-Match needs no declaration', async () => {
  await using server = await startServer((request, response) => {
    const { status, tag } = answerWithTag(request)
    response.writeHead(status, { etag: tag, ...(status === 200 && { 'content-type': JSON_TYPE }) })
    response.end(status === 200 && request.method !== 'HEAD' ? 'true' : undefined)
  })
  const get = { responses: { 200: { description: 'OK', content: { [JSON_TYPE]: { schema: { type: 'boolean' } } } } } }
  const { causes } = await checkContract(server.url, { ...OPTIONS, document: documentOf({ '/a': { get } }), skip: ['method', 'options'] })
  assert.deepEqual(causes, [])
})

test('credentials are environment variables, and a request without credentials has none', async () => {
  await using server = await startServer((_request, response) =>
    response.writeHead(200, { 'content-type': JSON_TYPE }).end('{"id":7,"title":"a","pages":"many"}'),
  )
  const schema = { ...Book, properties: { ...Book.properties, id: { type: 'integer' } } }
  const responses = { 200: { description: 'OK', content: { [JSON_TYPE]: { schema } } } }
  const post = { requestBody: { required: true, content: { [JSON_TYPE]: { schema: Book } } }, responses }
  const get = { parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }], responses }
  const document = {
    ...documentOf(
      { '/books': { post }, '/books/{id}': { get } },
      { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } } },
    ),
    security: [{ key: [] }],
  }
  const result = await checkContract(server.url, {
    ...OPTIONS,
    document,
    headers: { 'X-Key': 'first secret' },
    as: { 'X-Key': 'second secret' },
  })
  const text = formatResult(result)
  const commandOf = (rule: string) => new RegExp(`^   ${rule}: .*\\n((?:   (?:curl|printf).*\\n)+)`, 'm').exec(text)![1]!
  assert.match(commandOf('body'), /-H "x-key: \$X_KEY"/)
  assert.doesNotMatch(commandOf('security'), /x-key/i)
  assert.match(commandOf('other-user'), /POST .*"x-key: \$X_KEY".*\n.*"x-key: \$SECOND_X_KEY"/)
  const file = toTestFile(result)
  assert.match(file, /const headers = \{\n {2}"X-Key": process\.env\.X_KEY,\n\}/)
  assert.doesNotMatch(text + file, /(?:first|second) secret/)
})

describe('a request without credentials', () => {
  const schemes = {
    key: { type: 'apiKey', in: 'header', name: 'X-Key' },
    session: { type: 'apiKey', in: 'cookie', name: 'sid' },
    token: { type: 'apiKey', in: 'query', name: 'token' },
    bearer: { type: 'http', scheme: 'bearer' },
  }
  const headers = { Authorization: 'Bearer t', 'X-Key': 'k', 'X-Tenant': 'acme', Cookie: 'sid=s; theme=dark' }

  /** The requests to an operation that needs the scheme: their URL, and those of the headers that the user gave. */
  async function ask(scheme: string, given: Readonly<Record<string, string>> = headers) {
    const asked: Readonly<Record<string, string>>[] = []
    await using server = await startServer(({ url, headers: got }, response) => {
      const sent = Object.keys(given).flatMap((name) =>
        got[name.toLowerCase()] === undefined ? [] : [[name, String(got[name.toLowerCase()])]],
      )
      asked.push({ url: url!, ...(Object.fromEntries(sent) as Record<string, string>) })
      response.writeHead(204).end()
    })
    const document = {
      ...documentOf({ '/a': { get: { responses: { 204: { description: 'OK' } } } } }, { securitySchemes: schemes }),
      security: [{ [scheme]: [] }],
    }
    const options: CheckOptions = { ...OPTIONS, document, headers: given, phases: ['probes'], skip: ['head', 'method', 'options'] }
    const result = await checkContract(server.url, options)
    return { asked, text: formatResult(result) }
  }

  const all = { url: '/a', ...headers }
  const without = (name: string) => Object.fromEntries(Object.entries(all).filter(([each]) => each !== name))
  const cases = {
    bearer: [without('Authorization'), { ...all, Authorization: 'Bearer riposte-check-wrong' }],
    key: [without('X-Key'), { ...all, 'X-Key': 'riposte-check-wrong' }],
    session: [
      { ...all, Cookie: 'theme=dark' },
      { ...all, Cookie: 'sid=riposte-check-wrong; theme=dark' },
    ],
    token: [all, { ...all, url: '/a?token=riposte-check-wrong' }],
  }
  for (const [scheme, expected] of Object.entries(cases)) {
    test(`has the other headers of the user: ${scheme}`, async () => {
      assert.deepEqual((await ask(scheme)).asked.slice(1, 3), expected)
    })
  }

  test('has no Cookie if it had only the credentials', async () => {
    const { asked, text } = await ask('session', { Cookie: 'sid=s' })
    assert.deepEqual(asked.slice(1, 3), [{ url: '/a' }, { url: '/a', Cookie: 'sid=riposte-check-wrong' }])
    assert.doesNotMatch(text, /\$COOKIE/)
  })

  test('is shown with the headers that it has', async () => {
    const { text } = await ask('session')
    assert.match(
      text,
      /-H "authorization: \$AUTHORIZATION" -H "x-key: \$X_KEY" -H "x-tenant: \$X_TENANT" -H "cookie: \$COOKIE_WITHOUT_SID" /,
    )
    assert.match(text, /-H 'cookie: sid=riposte-check-wrong; '"\$COOKIE_WITHOUT_SID" /)
  })
})
