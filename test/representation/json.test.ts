import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { json } from '../../src/representation/json.ts'
import type { AnySchema } from '../../src/schema/schema.ts'
import { contentOf } from './request-content.ts'

const Item = z.object({ name: z.string(), when: z.date().optional() })

const read = (text: string | Uint8Array, schema: AnySchema = Item, size?: number) =>
  json(schema).reading.compile()(contentOf(text, {}, size))
const codes = async (text: string | Uint8Array, schema?: AnySchema) =>
  (await read(text, schema)).issues?.map(({ path, code }) => [code, ...path])

describe('JSON content', () => {
  test('is typed by its model', async () => {
    assert.deepEqual(await read('{"name":"é","when":"2024-01-02T03:04:05Z"}'), {
      value: { name: 'é', when: new Date('2024-01-02T03:04:05Z') },
    })
  })
  test('may come byte by byte', async () => {
    assert.deepEqual(await read('{"name":"é🚀"}', Item, 1), { value: { name: 'é🚀' } })
  })
  test('keeps long integers exact where the model holds them', async () => {
    const Big = z.object({ n: z.int64() })
    assert.deepEqual(await read('{"n":9007199254740993}', Big), { value: { n: 9007199254740993n } })
  })
  test('may begin with a byte order mark', async () => assert.deepEqual(await read('\ufeff{"name":"x"}'), { value: { name: 'x' } }))
})

describe('nothing at all', () => {
  test('is missing where something is required', async () => {
    for (const nothing of ['', '\ufeff', 'null', ' null ']) assert.deepEqual(await codes(nothing), [['missing']], JSON.stringify(nothing))
  })
  test('is absent where it may be', async () => {
    for (const nothing of ['', 'null']) assert.deepEqual(await read(nothing, Item.optional()), { value: undefined })
    assert.deepEqual(await read('', z.string().default('x')), { value: 'x' })
  })
  test('null is null where the model takes it', async () => assert.deepEqual(await read('null', Item.nullable()), { value: null }))
})

describe('what cannot be read', () => {
  test('is reported with its position', async () => {
    assert.deepEqual(await codes('{"name":x}'), [['json_invalid', 8]])
    assert.deepEqual(await codes('  '), [['json_invalid', 2]])
    assert.deepEqual(await codes('['.repeat(10_000_000)), [['json_invalid', 512]])
  })
  test('is not decoded by guessing: JSON must be UTF-8', async () => {
    assert.deepEqual(await codes(Uint8Array.of(0x22, 0xe9, 0x22)), [['string_unicode']])
    assert.deepEqual(await codes(new Uint8Array(Buffer.from('{"name":"x"}', 'utf16le'))), [['json_invalid', 1]])
  })
  test('is never echoed', async () => {
    for (const text of ['{"hunter2"', '{"name":hunter2}', '{"name":["hunter2"]}', '"hunter2"'])
      assert.doesNotMatch(JSON.stringify((await read(text)).issues), /hunter2/)
  })
})
