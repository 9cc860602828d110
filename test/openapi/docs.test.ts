/** The docs page: all of the document, nothing from elsewhere, nothing unescaped. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { z } from 'zod'
import { createDocument, type OpenAPIDocument } from '../../src/openapi/document.ts'
import { toCurl } from '../../src/openapi/docs/curl.ts'
import { toExample } from '../../src/openapi/docs/example.ts'
import { html, join } from '../../src/openapi/docs/html.ts'
import { markdown } from '../../src/openapi/docs/markdown.ts'
import { typeOf } from '../../src/openapi/docs/schema.ts'
import { createDocsPage } from '../../src/openapi/docs.ts'
import { toDefinition, toJSONSchema } from '../../src/schema/json-schema.ts'
import type { JSONSchema } from '../../src/schema/json-schema/keywords.ts'
import { readModel } from '../../src/schema/read-model.ts'
import { routes, settings } from './bookshop.ts'
import { fc } from '../support/fuzz.ts'

const document = createDocument(routes, settings)
const page = await createDocsPage(document, 'openapi.json')

const textOf = (content: ReturnType<typeof typeOf>) => html`${content}`.text.replace(/<[^>]*>/g, '').replaceAll('&quot;', '"')

test('every operation, parameter, status and model is on the page', () => {
  for (const item of Object.values(document.paths)) {
    for (const { operationId, parameters = [], responses } of Object.values(item)) {
      const card = page.html.split(`<article id="${operationId}"`)[1]!.split('</article>')[0]!
      for (const { name } of parameters) assert.ok(card.includes(`<code class="name">${name}`), `${operationId} lacks ${name}`)
      for (const status of Object.keys(responses)) assert.ok(card.includes(`>${status}</span>`), `${operationId} lacks ${status}`)
    }
  }
  for (const name of Object.keys(document.components.schemas!)) assert.ok(page.html.includes(`id="model-${name}"`), name)
})

test('every link inside the page leads somewhere, and each place is there once', () => {
  const ids = [...page.html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
  assert.equal(new Set(ids).size, ids.length)
  for (const [, target] of page.html.split('<script>')[0]!.matchAll(/href="#([^"]+)"/g))
    assert.ok(ids.includes(target), `#${target} leads nowhere`)
})

test('its policy names its own style and script, and lets nothing else in', () => {
  for (const tag of ['style', 'script']) {
    const [, source] = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(page.html)!
    assert.ok(page.policy.includes(`${tag}-src 'sha256-${createHash('sha256').update(source!).digest('base64')}'`), tag)
  }
  assert.ok(page.policy.startsWith(`default-src 'none'`))
  assert.doesNotMatch(page.html, / (?:src|style|on\w+)=/)
})

/** Each tag by its name and its attributes' names. Quotes stand nowhere but around attributes. */
function tagsOf(text: string): string[] {
  const shown = text.replace(/<(script|style)>[^]*?<\/\1>/g, '<$1></$1>')
  return [...shown.matchAll(/<[^>"]*(?:"[^"]*"[^>"]*)*>/g)].map(([tag]) => tag.replace(/"[^"]*"/g, '').replace(/\s+/g, ' '))
}

/** Every text of a document, replaced. */
function withTexts(value: unknown, text: string): unknown {
  if (typeof value === 'string') return value.startsWith('#/') ? value : text
  if (Array.isArray(value)) return value.map((item) => withTexts(item, text))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, name === 'type' || name === 'in' ? member : withTexts(member, text)]),
  )
}

test('law: no text of a document becomes part of the page', async () => {
  const hostile = fc.constantFrom(
    '"><script>alert(1)</script>',
    `' onclick='x`,
    '</style><img src=x>',
    '`<b>`',
    '**<b>**',
    '[a](https://x"onclick="y)',
    '<!--',
  )
  const { html: harmless } = await createDocsPage(withTexts(document, 'text') as OpenAPIDocument, 'text')
  const known = new Set(tagsOf(page.html + harmless + markdown('**a** *b* `c` [d](https://e.example)')!.text))
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

test('text is escaped, HTML is not', () => {
  assert.equal(
    html`<p title="${'"'}">${'<b>'} ${html`<i>${1}</i>`} ${undefined}${['a', html`<br />`]}</p>`.text,
    '<p title="&quot;">&lt;b&gt; <i>1</i> a<br /></p>',
  )
  assert.equal(html`${join(['a', 'b', 'c'], ', ')}`.text, 'a, b, c')
})

const shown = (text: string) => markdown(text)?.text.replace(/\s*\n\s*/g, '')

test('descriptions show what people write of CommonMark', () => {
  assert.equal(
    shown('One `a<b` and **two** and *three*.\n\nMore'),
    '<p>One <code>a&lt;b</code> and <strong>two</strong> and <em>three</em>.</p><p>More</p>',
  )
  assert.equal(shown('- a\n- b'), '<ul><li>a</li><li>b</li></ul>')
  assert.match(
    shown('[x](https://a.example/) [y](javascript:alert)')!,
    /^<p><a href="https:\/\/a\.example\/" rel="noreferrer">x<\/a> \[y\]\(javascript:alert\)<\/p>$/,
  )
  assert.equal(shown(' '), undefined)
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

test('examples are what their models take', () => {
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

test('a call is written as a shell takes it', () => {
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
  const command = toCurl({ method: 'POST', path: '/a/{id}', operation }, {})
    .text.replace(/<[^>]*>/g, '')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
  assert.deepEqual(command.split(' \\\n  '), [
    "curl -X POST '{base}/a/1?q=it'\\''s'",
    "-H 'x-token: string'",
    "-b 'c=string'",
    "-H 'Content-Type: application/json'",
    `-d '"it'\\''s"'`,
  ])
})

test('an API without tags is grouped by the beginnings of its paths', async () => {
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
