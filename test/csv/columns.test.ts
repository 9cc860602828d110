/** The columns of a model: a union has those of all its options, an intersection those of both sides. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { csv } from '../../src/csv/index.ts'
import { createApp, DeclarationError } from '../../src/index.ts'

async function linesOf(model: z.ZodType, rows: readonly unknown[]): Promise<readonly string[]> {
  const app = createApp()
  app.get('/', { responses: { 200: csv(model) } }, () => rows as never) // the models of this test have no row type in common
  const response = await app.request('/')
  return (await response.text()).trimEnd().split('\r\n')
}

const paid = z.object({ kind: z.literal('paid'), amount: z.int(), at: z.date() })
const refused = z.object({ kind: z.literal('refused'), reason: z.string(), at: z.date().optional() })
const ROWS = [
  { kind: 'paid', amount: 5, at: new Date(0), secret: 'SECRET' },
  { kind: 'refused', reason: 'late, again' },
]
const LINES = ['kind,amount,at,reason', 'paid,5,1970-01-01T00:00:00.000Z,', 'refused,,,"late, again"']

test('a union has the columns of all its options', async () => {
  for (const model of [z.discriminatedUnion('kind', [paid, refused]), z.union([paid, refused]), z.union([paid, z.union([refused])])])
    assert.deepEqual(await linesOf(model, ROWS), LINES)
})

test('a row of an option with fewer fields leaves the other columns empty', async () => {
  const small = z.object({ id: z.int() })
  const large = z.object({ id: z.int(), name: z.string() })
  for (const model of [z.union([small, large]), z.union([large, small])])
    assert.deepEqual(await linesOf(model, [{ id: 1 }, { id: 2, name: 'n' }]), ['id,name', '1,', '2,n'])
})

test('an intersection has the columns of both sides, and a wrapper those of the model in it', async () => {
  const both = paid.pick({ kind: true }).and(z.object({ note: z.string() }))
  for (const model of [both, both.refine(() => true), z.lazy(() => both), both.readonly()])
    assert.deepEqual(await linesOf(model, [{ kind: 'paid', note: 'x' }]), ['kind,note', 'paid,x'])
})

test('a model without columns, or with rows that may not be objects, is refused', () => {
  const models = [z.object({}), z.record(z.string(), z.int()), z.string(), z.union([paid, z.string()]), paid.nullable(), paid.optional()]
  for (const model of [...models, paid.transform(({ amount }) => ({ sum: amount }))])
    assert.throws(
      () => csv(model as z.ZodType),
      (error: Error) => error instanceof DeclarationError && error.code === 'CSV_MODEL',
    )
})
