/** Values that arrive as text (`textValues`): which option of a union a row is, whatever the order of the options. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { z } from 'zod'
import { createApp, defineRepresentation } from '../../src/index.ts'

const rowsOf = (row: z.ZodType) =>
  defineRepresentation({
    mediaType: 'text/csv',
    schema: z.array(row),
    textValues: true,
    decode: ({ text }) => parse(text, { columns: true, cast: (cell) => (cell === '' ? undefined : cell) }) as unknown,
  })

async function read(row: z.ZodType, csv: string): Promise<readonly unknown[]> {
  let seen: readonly unknown[] = []
  const app = createApp()
  app.post('/', { body: rowsOf(row), responses: { 204: {} } }, ({ body }) => {
    seen = body
  })
  const { status } = await app.request('/', { method: 'POST', headers: { 'content-type': 'text/csv' }, body: csv })
  assert.equal(status, 204)
  return seen
}

const a = z.object({ kind: z.literal('a'), n: z.int() })
const b = z.object({ kind: z.literal('b'), at: z.date(), note: z.string().optional() })
const one = z.object({ v: z.literal(1), n: z.int() })
const two = z.object({ v: z.literal(2), ok: z.boolean() })
const yes = z.object({ ok: z.literal(true), n: z.int() })
const no = z.object({ ok: z.literal(false), why: z.string() })
const AT = new Date('2024-01-02T03:04:05Z')

const UNIONS: readonly (readonly [options: readonly [z.ZodObject, z.ZodObject], tag: string | undefined, csv: string, rows: unknown[]])[] =
  [
    [[a, b], 'kind', 'kind,n,at\na,5,\nb,,2024-01-02T03:04:05Z\n', [{ kind: 'a', n: 5 }, { kind: 'b', at: AT }]], // prettier-ignore
    [[one, two], 'v', 'v,n,ok\n1,5,\n2,,yes\n', [{ v: 1, n: 5 }, { v: 2, ok: true }]], // prettier-ignore
    [[yes, no], 'ok', 'ok,n,why\ntrue,5,\nfalse,,x\n', [{ ok: true, n: 5 }, { ok: false, why: 'x' }]], // prettier-ignore
    [[one.omit({ v: true }), one.omit({ v: true }).extend({ x: z.number() })], undefined, 'n,x\n1,\n1,2.5\n', [{ n: 1 }, { n: 1, x: 2.5 }]], // prettier-ignore
  ]

test('a row is the option that its constants and names say', async () => {
  for (const [[left, right], tag, csv, rows] of UNIONS)
    for (const options of [
      [left, right],
      [right, left],
    ] as const) {
      assert.deepEqual(await read(z.union(options), csv), rows)
      if (tag !== undefined) assert.deepEqual(await read(z.discriminatedUnion(tag, options as never), csv), rows)
    }
})

const SCALARS: readonly (readonly [options: readonly [z.ZodType, z.ZodType], text: string, value: unknown])[] = [
  [[z.int(), z.string()], '42', 42],
  [[z.int(), z.string()], '007', '007'],
  [[z.int(), z.string()], '9007199254740993', '9007199254740993'],
  [[z.boolean(), z.string()], 'true', true],
  [[z.boolean(), z.string()], 'on', 'on'],
  [[z.int().max(5), z.string()], '7', '7'],
  [[z.int(), z.boolean()], '1_000', 1000],
  [[z.int(), z.enum(['all'])], 'all', 'all'],
  [[z.int(), z.date()], '5', 5],
  [[z.string(), z.date()], '2024-01-02T03:04:05Z', AT],
  [[z.string(), z.literal(7)], '7', 7],
  [[z.bigint(), z.string()], '12', 12n],
  [[z.bigint(), z.string()], 'x', 'x'],
]

test('a cell is a number, a boolean or a date only where it is written back as the same text', async () => {
  for (const [[left, right], text, value] of SCALARS)
    for (const options of [
      [left, right],
      [right, left],
    ])
      assert.deepEqual(await read(z.object({ x: z.union(options as [z.ZodType, z.ZodType]) }), `x\n${text}\n`), [{ x: value }])
})
