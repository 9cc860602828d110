/** The docs page shows the whole document, loads nothing else, and escapes all text. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { z } from 'zod'
import { createApp, dependency, empty, get, multipart, sse } from '../../src/index.ts'
import { createDocument, type OpenAPIDocument } from '../../src/openapi/document.ts'
import { toCall } from '../../src/openapi/docs/call.ts'
import { toCurl, toFetchCode } from '../../src/openapi/docs/call-code.ts'
import { toExample } from '../../src/openapi/docs/example.ts'
import { html, join } from '../../src/openapi/docs/html.ts'
import { markdown } from '../../src/openapi/docs/markdown.ts'
import { typeOf } from '../../src/openapi/docs/schema.ts'
import { createDocsPage } from '../../src/openapi/docs/page.ts'
import { toDefinition, toJSONSchema } from '../../src/schema/json-schema.ts'
import type { JSONSchema } from '../../src/schema/json-schema/keywords.ts'
import { readModel } from '../../src/schema/read-model.ts'
import { anyOf, apiKey, oauth2, type SecurityScheme } from '../../src/security/index.ts'
import { app as conformance } from '../conformance/app.ts'
import { routes, settings } from './bookshop.ts'
import { fc } from '../support/fuzz.ts'

const document = createDocument(routes, settings)
const page = await createDocsPage(document, 'openapi.json')

const textOf = (content: ReturnType<typeof typeOf>) => html`${content}`.text.replace(/<[^>]*>/g, '').replaceAll('&quot;', '"')

test('every operation, parameter, status and model is on the page', () => {
  for (const item of Object.values(document.paths)) {
    for (const { operationId, parameters = [], responses } of Object.values(item)) {
      const card = page.html
        .split(new RegExp(`<details\\s+id="${operationId}"`))[1]!
        .split('class="operation"', 2)
        .join('')
      for (const { name } of parameters) assert.ok(card.includes(`<code class="name">${name}`), `${operationId} lacks ${name}`)
      for (const status of Object.keys(responses)) assert.ok(card.includes(`>${status}</span>`), `${operationId} lacks ${status}`)
    }
  }
  for (const name of Object.keys(document.components.schemas!)) assert.ok(page.html.includes(`id="model-${name}"`), name)
})

test('the media types and the size of a file are on the page, and its control offers only such files', async () => {
  const picture = z.file().mime(['image/png', 'image/jpeg']).max(100_000)
  const app = createApp()
  app.post(
    '/avatars',
    { body: multipart(z.object({ picture, scan: z.file().mime('application/pdf'), any: z.file() })), responses: { 204: empty() } },
    () => undefined,
  )
  app.post('/albums', { body: multipart(z.object({ pictures: z.array(picture) })), responses: { 204: empty() } }, () => undefined)
  const shown = await (await app.request('/docs')).text()
  assert.ok(shown.includes('image/png, image/jpeg, at most 100,000 bytes'))
  assert.ok(shown.includes('<span class="limits">application/pdf</span>'))
  const accepted = [...shown.matchAll(/<input type="file" accept="([^"]*)"[^>]*name="(\w+)"/g)].map(([, types, name]) => [name, types])
  assert.deepEqual(accepted, [
    ['picture', 'image/png, image/jpeg'],
    ['scan', 'application/pdf'],
    ['any', ''],
    ['pictures', 'image/png, image/jpeg'],
  ])
})

test('every link inside the page has a target, and every id is unique', () => {
  const ids = [...page.html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
  assert.equal(new Set(ids).size, ids.length)
  for (const [, target] of page.html.split('<script>')[0]!.matchAll(/href="#([^"]+)"/g))
    assert.ok(ids.includes(target), `#${target} has no target`)
})

test('the policy allows only the style and the scripts of the page', () => {
  for (const tag of ['style', 'script']) {
    const [, allowed] = new RegExp(`${tag}-src ([^;]*);`).exec(page.policy)!
    const hashes = [...page.html.matchAll(new RegExp(`<${tag}>([^]*?)</${tag}>`, 'g'))].map(
      ([, source]) => `'sha256-${createHash('sha256').update(source!).digest('base64')}'`,
    )
    assert.equal(hashes.length, tag === 'style' ? 1 : 2)
    assert.equal(allowed, hashes.join(' '))
  }
  assert.ok(page.policy.startsWith(`default-src 'none'`))
  assert.doesNotMatch(page.html, / (?:src|style|on\w+)=/)
})

test('the page of an API with ninety operations is at most 60 kB compressed', async () => {
  const document = await conformance.document()
  assert.ok(Object.keys(document.paths).length > 70)
  const { html: shown } = await createDocsPage(document, 'openapi.json')
  const weight = gzipSync(shown).byteLength
  assert.ok(weight <= 60_000, `it has ${weight} bytes`)
})

/** Each tag with its name and the names of its attributes. The page has quotes only around attribute values. */
function tagsOf(text: string): string[] {
  const shown = text.replace(/<(script|style)>[^]*?<\/\1>/g, '<$1></$1>')
  return [...shown.matchAll(/<[^>"]*(?:"[^"]*"[^>"]*)*>/g)].map(([tag]) => tag.replace(/"[^"]*"/g, '').replace(/\s+/g, ' '))
}

/** Replaces every string of a document. */
function withTexts(value: unknown, text: string): unknown {
  if (typeof value === 'string') return value.startsWith('#/') ? value : text
  if (Array.isArray(value)) return value.map((item) => withTexts(item, text))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, name === 'type' || name === 'in' ? member : withTexts(member, text)]),
  )
}

const COMMON_MARK = '# a\n\n**a** *b* `c` [d](https://e.example) <b>\n\n1. x\n\n- y\n\n> z\n\n| a |\n|---|\n| b |\n\n    code\n\n---\n'

test('law: no text of a document becomes markup of the page', async () => {
  const hostile = fc.constantFrom(
    '"><script>alert(1)</script>',
    `' onclick='x`,
    '</style><img src=x>',
    '`<b>`',
    '**<b>**',
    '[a](https://x"onclick="y)',
    '<!--',
    '<javascript:alert(1)>',
    '![i](x"onerror="y)',
    '| <b> |\n|---|\n| `"><i>` |',
    '1. <svg onload=alert(1)>\n\n# <i>',
    '&lt;script&gt;&#60;i&#62;',
  )
  const { html: harmless } = await createDocsPage(withTexts(document, 'text') as OpenAPIDocument, 'text')
  const known = new Set(tagsOf(page.html + harmless + markdown(COMMON_MARK)!.text))
  await fc.assert(
    fc.asyncProperty(hostile, async (text) => {
      const { html: shown } = await createDocsPage(withTexts(document, text) as OpenAPIDocument, text)
      assert.deepEqual(
        tagsOf(shown).filter((tag) => !known.has(tag)),
        [],
      )
    }),
  )
})

test('text is escaped, and HTML is not', () => {
  assert.equal(
    html`<p title="${'"'}">${'<b>'} ${html`<i>${1}</i>`} ${undefined}${['a', html`<br />`]}</p>`.text,
    '<p title="&quot;">&lt;b&gt; <i>1</i> a<br /></p>',
  )
  assert.equal(html`${join(['a', 'b', 'c'], ', ')}`.text, 'a, b, c')
})

test('types are written as in TypeScript', () => {
  const cases: readonly (readonly [z.ZodType, string])[] = [
    [z.string(), 'string'],
    [z.int(), 'integer'],
    [z.int64(), 'int64'],
    [z.date(), 'date-time'],
    [z.instanceof(Uint8Array), 'base64'],
    [z.file(), 'bytes'],
    [z.enum(['a', 'b']), '"a" | "b"'],
    [z.string().nullable(), 'string | null'],
    [z.date().nullable(), 'date-time | null'],
    [z.int32().nullable(), 'int32 | null'],
    [z.email().nullable(), 'email | null'],
    [z.array(z.string()), 'string[]'],
    [z.array(z.union([z.string(), z.int()])), '(string | integer)[]'],
    [z.tuple([z.string()], z.int()), '[string, …integer[]]'],
    [z.record(z.string(), z.int()), '{ [string]: integer }'],
    [z.object({ a: z.int() }), 'object'],
    [z.any(), 'any'],
    [z.never(), 'never'],
  ]
  for (const [schema, expected] of cases) {
    assert.equal(textOf(typeOf(toJSONSchema(readModel(schema), { direction: 'output', reference: () => undefined }))), expected)
  }
})

const exampleOf = (schema: z.ZodType): unknown =>
  toExample(toDefinition(readModel(schema), { direction: 'output', reference: () => undefined }), {})

test('examples are valid for their models', () => {
  const models = [
    z.object({ id: z.int().min(5), email: z.email(), on: z.iso.date(), at: z.iso.datetime(), url: z.url(), uuid: z.uuid(), ip: z.ipv4() }),
    z.object({ price: z.number().gt(0).lt(1), even: z.int().multipleOf(2).min(3), low: z.int().max(-7), tight: z.number().gt(0).lt(0.5) }),
    z.object({
      name: z.string().min(10).max(12),
      tags: z.array(z.string()).min(3),
      pair: z.tuple([z.string(), z.int()]),
      by: z.record(z.string(), z.boolean()),
    }),
    z.discriminatedUnion('kind', [z.object({ kind: z.literal('a'), n: z.null() }), z.object({ kind: z.literal('b') })]),
    z.intersection(z.object({ a: z.int() }), z.object({ b: z.string() })),
    z.enum(['red', 'green']),
    z.string().default('x'),
    z.string().meta({ examples: ['Zoë'] }),
  ]
  for (const model of models) assert.equal(model.safeParse(exampleOf(model)).error, undefined)
  assert.equal(exampleOf(models.at(-1)!), 'Zoë')
})

test('an example of a recursive model ends', () => {
  const Tree: JSONSchema = {
    type: 'object',
    properties: { name: { type: 'string' }, kids: { type: 'array', items: { $ref: '#/components/schemas/Tree' } } },
  }
  assert.deepEqual(toExample({ $ref: '#/components/schemas/Tree' }, { Tree }), { name: 'string', kids: [] })
})

const operation = {
  operationId: 'x',
  parameters: [
    { name: 'id', in: 'path', required: true, schema: { type: 'integer' } },
    { name: 'q', in: 'query', required: true, schema: { type: 'string', examples: ["it's"] } },
    { name: 'not', in: 'query', schema: { type: 'string' } },
    { name: 'x-token', in: 'header', required: true, schema: { type: 'string' } },
    { name: 'c', in: 'cookie', required: true, schema: { type: 'string' } },
  ],
  requestBody: { content: { 'application/json': { schema: { type: 'string', examples: ["it's"] } } } },
  responses: {},
} as const
const call = toCall({ method: 'POST', path: '/a/{id}', operation }, {})
const unescaped = ({ text }: { text: string }) =>
  text
    .replace(/<[^>]*>/g, '')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')

test('a curl command is quoted for a shell', () => {
  assert.deepEqual(unescaped(toCurl(call)).split(' \\\n  '), [
    "curl -X POST '{base}/a/1?q=it'\\''s'",
    "-H 'x-token: string'",
    "-H 'Content-Type: application/json'",
    "-b 'c=string'",
    `-d '"it'\\''s"'`,
  ])
})

test('the JavaScript of a call sends that call', async () => {
  const requests: Request[] = []
  const fetch = (url: string, init: RequestInit) => {
    requests.push(new Request(url.replace('{base}', 'http://api.example'), init))
    return Promise.resolve(new Response())
  }
  await runInNewContext(`(async () => { ${unescaped(toFetchCode(call))} })()`, { fetch, console: { log() {} } })
  const [request] = requests
  assert.equal(request!.method, 'POST')
  assert.equal(request!.url, "http://api.example/a/1?q=it's".replace("'", '%27'))
  assert.equal(request!.headers.get('x-token'), 'string')
  assert.equal(request!.headers.get('content-type'), 'application/json')
  assert.equal(await request!.text(), '"it\'s"')
})

test('operations without tags are grouped by the first segment of their paths', async () => {
  const untagged = createDocument(
    routes.map((route) => ({ ...route, contract: { ...route.contract, tags: [] } })),
    { ...settings, tags: [] },
  )
  const { html: shown } = await createDocsPage(untagged, 'openapi.json')
  assert.deepEqual(
    [...shown.matchAll(/<h2>([^<]+)<\/h2>/g)].map(([, name]) => name),
    ['books', 'orders', 'others', 'Models'],
  )
})

/** The text of a card, without markup. */
function cardOf(html: string, operationId: string): string {
  const [, rest = ''] = html.split(new RegExp(`<details\\s+id="${operationId}"`))
  return rest
    .split('class="operation"', 2)
    .join('')
    .replace(/<[^>]*>/g, '')
    .replaceAll('&quot;', '"')
}

test('each declared error has an example of its body', () => {
  const card = cardOf(page.html, 'getOrdersByOrderId')
  for (const [code, detail] of [
    ['ORDER_NOT_FOUND', 'No such order'],
    ['BOOK_NOT_FOUND', 'No such book'],
  ]) {
    const [example] = card.match(new RegExp(`\\{[^{}]*"code": "${code}"`)) ?? []
    assert.ok(example !== undefined, code)
    assert.match(example, new RegExp(`"title": "Not Found",\\s*"status": 404,\\s*"detail": "${detail}"`))
  }
  assert.match(card, /"code": "UNAUTHORIZED"/)
})

test('an event without a name is shown only by its data', async () => {
  const ticks = get('/ticks', { responses: { 200: sse(z.int()) } }, async function* () {})
  const { html: shown } = await createDocsPage(createDocument([ticks], { ...settings, tags: [] }), 'openapi.json')
  const card = cardOf(shown, 'getTicks')
  assert.match(card, /events of integer/)
  assert.doesNotMatch(card, /any integer/)
  assert.match(card, /data: 1/)
})

const oauth = (scopes: Readonly<Record<string, string>>) => oauth2({ flows: { password: { tokenUrl: '/token', scopes } } })

const shownFor = async (security: SecurityScheme) => {
  const app = createApp()
  const guard = dependency({ security }, () => 1)
  app.get('/things', { operationId: 'getThings', dependencies: { guard }, responses: { 200: z.int() } }, ({ guard: value }) => value)
  return (await createDocsPage(await app.document(), 'openapi.json')).html
}

test('the page says if one of several security schemes is enough, and has a field for scopes only if there are scopes', async () => {
  const key = apiKey({ in: 'header', name: 'key' })
  const either = await shownFor(anyOf({ token: oauth({}), key }, { optional: true }))
  assert.match(cardOf(either, 'getThings'), /Authorization\s*oauth2\s*or key\s*or none/)
  assert.doesNotMatch(either, /name="scope"/)
  assert.match(await shownFor(oauth({ 'things:read': 'Read' })), /name="scope"/)
})

test('a document of another tool is shown: with references, fields of a Path Item, servers with variables, and no operation ids', async () => {
  const foreign = {
    openapi: '3.1.0',
    info: { title: 'Other', version: '1', contact: { name: 'us', url: 'javascript:alert(1)' } },
    servers: [{ url: 'https://{region}.example.com/v1', variables: { region: { default: 'eu' } } }],
    externalDocs: { url: 'javascript:alert(2)', description: 'More' },
    security: [{ key: [] }],
    paths: {
      '/things/{id}': {
        summary: 'Things',
        parameters: [{ $ref: '#/components/parameters/Id' }, { name: 'q', in: 'query', content: { 'application/json': { schema: {} } } }],
        servers: [{ url: 'https://files.example.com' }],
        put: {
          parameters: [{ name: 'q', in: 'query', schema: { type: 'integer' } }],
          requestBody: { $ref: '#/components/requestBodies/Thing' },
          responses: { 200: { $ref: '#/components/responses/Missing' }, 404: { description: 'None' } },
        },
      },
    },
    webhooks: { created: { post: { responses: { 204: { description: 'Taken' } } } } },
    components: {
      parameters: { Id: { name: 'id', in: 'path', required: true, schema: { type: 'string' } } },
      requestBodies: { Thing: { required: true, content: { 'application/json': { schema: { $ref: '#/components/schemas/Loop' } } } } },
      schemas: { Loop: { $ref: '#/components/schemas/Loop' } },
      securitySchemes: { key: { type: 'apiKey', in: 'query', name: 'k' } },
    },
  } as unknown as OpenAPIDocument
  const { html: shown, policy } = await createDocsPage(foreign, 'openapi.json')
  assert.doesNotMatch(shown, /javascript:/)
  assert.match(policy, /connect-src 'self' https:\/\/eu\.example\.com https:\/\/files\.example\.com;/)
  const card = cardOf(shown, 'put-things-id')
  assert.match(card, /curl -X PUT '\{base\}\/things\/string\?k=&lt;key&gt;'/)
  assert.match(card, /q\?\s*integer/)
  assert.match(card, /Authorization\s*key/)
  assert.match(shown, /Requests that this API sends to its clients/)
})
