/** A key that its model refuses is the client's text: no answer names it, whatever holds the key and however it is sent. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createApp, form, multipart } from '../../src/index.ts'
import * as v from 'valibot'
import { z } from 'zod'
import { matrix } from '../support/matrix.ts'

const KEY = 'SECRET'
const short = z.string().max(3)
const vShort = v.pipe(v.string(), v.maxLength(3))

const Keys = {
  length: short,
  pattern: z.string().regex(/^a/),
  format: z.uuid(),
  constants: z.enum(['a', 'b']),
  integer: z.int(),
  refined: z.string().refine((key) => key.length < 4),
  piped: z.string().pipe(short),
  brand: short.brand<'short'>(),
  template: z.templateLiteral(['a', z.int()]),
}
/** Keys that only a map can have. */
const MapKeys = {
  date: z.date(),
  codec: z.codec(z.string(), z.int(), { decode: Number, encode: String }),
}
const Holders = {
  record: (key: z.core.$ZodRecordKey) => z.record(key, z.int()),
  map: (key: z.ZodType) => z.map(key, z.int()),
  nestedMap: (key: z.ZodType) => z.map(key, z.map(key, z.int())),
}
const bodies: readonly (readonly [name: string, model: z.ZodType])[] = [
  ...Object.entries(Keys).flatMap(([name, key]) =>
    Object.entries(Holders).map(([holder, make]) => [`${holder}-${name}`, make(key)] as const),
  ),
  ...Object.entries(MapKeys).map(([name, key]) => [`map-${name}`, Holders.map(key)] as const),
]

const app = createApp()
const done = { responses: { 204: {} } } as const
const nothing = () => undefined
for (const [name, model] of bodies) {
  app.post(`/json/${name}`, { body: z.object({ list: z.array(model) }), ...done }, nothing)
  app.post(`/union/${name}`, { body: z.object({ list: z.array(z.union([model, z.int()])) }), ...done }, nothing)
  app.post(`/late/${name}`, { body: z.object({ list: z.array(z.any().pipe(model)) }), ...done }, nothing)
  app.post(`/part/${name}`, { body: multipart(z.object({ list: z.array(model) })), ...done }, nothing)
  if (!name.startsWith('record')) continue
  app.get(`/query/${name}`, { query: model as z.ZodRecord, ...done }, nothing)
  app.get(`/member/${name}`, { query: { list: model }, ...done }, nothing)
  app.post(`/form/${name}`, { body: form(model as z.ZodRecord), ...done }, nothing)
}
app.post('/valibot/record', { body: v.object({ list: v.array(v.record(vShort, v.number())) }), ...done }, nothing)
app.post('/valibot/picklist', { body: v.object({ list: v.array(v.record(v.picklist(['a']), v.number())) }), ...done }, nothing)
app.post('/valibot/strict', { body: v.object({ list: v.array(v.strictObject({ a: v.optional(v.number()) })) }), ...done }, nothing)
app.post('/nul', { body: z.record(short, z.string()), ...done }, nothing)

const VALUES: readonly unknown[] = [1, 'text', { [KEY]: 1 }, [KEY], null]
const members = (list: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ list }),
})

matrix('a refused key', app, async (send) => {
  const refused = async (path: string, init?: RequestInit) => {
    const response = await send(path, init)
    const answer = await response.text()
    assert.equal(response.status, 422, `${path}: ${answer}`)
    assert.ok(!answer.includes(KEY), `${path}: ${answer}`)
  }
  for (const [name] of bodies)
    for (const value of VALUES) {
      // Where keys are no strings, a map travels as pairs.
      for (const whole of [{ [KEY]: value }, [[KEY, value]]])
        for (const kind of ['json', 'union', 'late']) await refused(`/${kind}/${name}`, members([whole]))
      const parts = new FormData()
      parts.append('list', JSON.stringify({ [KEY]: value }))
      await refused(`/part/${name}`, { method: 'POST', body: parts })
    }
  for (const [name] of bodies.filter(([one]) => one.startsWith('record')))
    for (const value of ['1', 'text', '', '1&SECRET=2']) {
      await refused(`/query/${name}?${KEY}=${value}`)
      await refused(`/query/${name}?${KEY}=${value}&%00=1`)
      await refused(`/member/${name}?list[${KEY}]=${value.replace('SECRET', 'list[SECRET]')}`)
      if (value !== '')
        await refused(`/form/${name}`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: `${KEY}=${value}`,
        })
    }
  for (const name of ['record', 'picklist', 'strict']) await refused(`/valibot/${name}`, members([{ [KEY]: 1 }]))
  await refused('/nul', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ [KEY]: 'a\0' }) })
})

async function placesOf(model: z.ZodType, value: unknown): Promise<unknown[]> {
  const one = createApp()
  one.post('/', { body: model, ...done }, nothing)
  const response = await one.request('/', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  })
  const { errors } = (await response.json()) as { readonly errors: readonly { readonly loc: unknown }[] }
  return errors.map(({ loc }) => loc)
}

test('a key that its model takes is named', async () => {
  assert.deepEqual(await placesOf(z.record(short, z.int()), { abc: 'x', [KEY]: 'x' }), [['body', 'abc'], ['body']])
  assert.deepEqual(await placesOf(z.map(short, z.int()), { abc: 'x', [KEY]: 'x' }), [['body', 'abc'], ['body']])
  assert.deepEqual(await placesOf(z.object({ map: z.map(z.object({ a: z.int() }), z.int()) }), { map: [[{ a: KEY }, 1]] }), [
    ['body', 'map'],
  ])
})
