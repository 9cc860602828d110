/** What a handler may return for a model: arrays, maps and sets may be read-only, and so may their items. */
import { z } from 'zod'
import { createApp, defineError, jsonl, Page, PageQuery, paginate } from '../../src/index.ts'

interface Tagged {
  id: number
  tags: string[]
}
const Item = z.object({ id: z.int(), tags: z.array(z.string()) })
const rows: readonly Tagged[] = []
const frozen: readonly { readonly id: number; readonly tags: readonly string[] }[] = []
const app = createApp()

// Arrays, maps and sets may be read-only.
app.get('/', { responses: { 200: z.array(Item) } }, () => rows)
app.get('/', { responses: { 200: z.array(Item) } }, () => frozen)
app.get('/', { responses: { 200: z.array(Item) } }, ({ reply }) => reply(200, frozen))
app.get('/', { responses: { 200: z.tuple([z.literal('a'), z.literal('b')]) } }, () => ['a', 'b'] as const)
app.get('/', { responses: { 200: z.map(z.string(), z.int()) } }, () => new Map([['a', 1]]) as ReadonlyMap<string, number>)
app.get('/', { responses: { 200: z.set(z.int()) } }, () => new Set([1]) as ReadonlySet<number>)
app.get('/', { responses: { 200: z.record(z.string(), z.array(z.int())) } }, () => ({ a: [1] as readonly number[] }))
app.get('/', { responses: { 200: z.array(Item).nullable() } }, () => frozen)
app.get('/', { responses: { 200: jsonl(Item) } }, () => frozen)
app.get('/', { query: PageQuery, responses: { 200: Page(Item) } }, ({ query }) => paginate(frozen, query))
const Tree = z.object({ id: z.int(), get children() { return z.array(Tree) } }) // oxfmt-ignore
app.get('/', { responses: { 200: Tree } }, () => ({ id: 1, children: [{ id: 2, children: [] }] as const }))
const Taken = defineError('TAKEN', { status: 409, detail: 'Taken', data: z.object({ ids: z.array(z.int()) }) })
app.get('/', { responses: { 200: Item }, errors: [Taken] }, ({ fail }) => {
  throw fail(Taken, { ids: [1] as readonly number[] })
})

// A codec takes what it decodes to, a default may be missing, a transform takes what it begins with.
const Day = z.codec(z.iso.date(), z.date(), { decode: (text) => new Date(text), encode: (date) => date.toISOString().slice(0, 10) })
const Mixed = z.object({ day: Day, role: z.string().default('user'), days: z.array(Day), size: z.string().transform(Number).optional() })
app.get('/', { responses: { 200: Mixed } }, () => ({ day: new Date(), days: [new Date()] as const, size: '7' }))
app.get('/', { responses: { 200: Mixed } }, ({ reply }) => reply(200, { day: new Date(), role: 'admin', days: [] }))
app.get('/', { responses: { 200: z.array(Mixed).nullable() } }, () => null)
// @ts-expect-error -- the wire side of a codec
app.get('/', { responses: { 200: Mixed } }, () => ({ day: '2024-01-01', days: [] }))
// @ts-expect-error -- the output of a transform
app.get('/', { responses: { 200: Mixed } }, () => ({ day: new Date(), days: [], size: 7 }))
// In a lazy model, a tuple, an object with any fields, and an optional field that must not be undefined.
const Dated = z.object({ day: Day })
const dated = { day: new Date() }
app.get('/', { responses: { 200: z.lazy(() => Dated) } }, () => dated)
app.get('/', { responses: { 200: z.object({ all: z.array(z.lazy(() => Dated)) }) } }, () => ({ all: [dated] }))
app.get('/', { responses: { 200: z.tuple([z.int()], Day) } }, () => [1, new Date(), new Date()] as const)
app.get('/', { responses: { 200: z.tuple([Day, Day.optional()]) } }, () => [new Date()] as const)
app.get('/', { responses: { 200: z.looseObject({ day: Day }) } }, ({ reply }) => reply(200, { ...dated, size: 1 }))
app.get('/', { responses: { 200: z.object({ day: Day }).catchall(z.int()) } }, ({ reply }) => reply(200, { ...dated, size: 1 }))
app.get('/', { responses: { 200: z.object({ day: z.exactOptional(Day) }) } }, ({ reply }) => reply(200, {}))
// @ts-expect-error -- the wire side of a codec
app.get('/', { responses: { 200: z.lazy(() => Dated) } }, () => ({ day: '2024-01-01' }))
// @ts-expect-error -- the wire side of a codec
app.get('/', { responses: { 200: z.tuple([z.int()], Day) } }, () => [1, '2024-01-01'] as const)
// @ts-expect-error -- an item is missing
app.get('/', { responses: { 200: z.tuple([z.int(), Day]) } }, () => [1] as const)
// @ts-expect-error -- the wire side of a codec
app.get('/', { responses: { 200: z.looseObject({ day: Day }) } }, () => ({ day: '2024-01-01', size: 1 }))

// The same rule for header fields.
const headers = { 'X-Day': Day, 'X-Count': z.int().default(3) }
app.get('/', { responses: { 200: { body: Item, headers } } }, ({ reply }) =>
  reply(200, { id: 1, tags: [] }, { headers: { 'X-Day': new Date() } }),
)
// @ts-expect-error -- the wire side of a codec
app.get('/', { responses: { 200: { headers } } }, ({ reply }) => reply(200, undefined, { headers: { 'X-Day': '2024-01-01' } }))

// Interfaces have no index signature, and are read all the same.
interface Row {
  id: number
  name: string
}
const row: Row = { id: 1, name: 'Ada' }
app.get('/', { responses: { 200: z.record(z.string(), z.unknown()) } }, () => row)
app.get('/', { responses: { 200: z.looseObject({ id: z.int() }) } }, async () => row)
app.get('/', { responses: { 200: z.object({ id: z.int() }).catchall(z.unknown()) } }, ({ reply }) => reply(200, row))
app.get('/', { responses: { 200: z.json() } }, () => row)
app.get('/', { responses: { 200: z.object({ meta: z.json() }) } }, ({ reply }) => reply(200, { meta: row }))
app.get('/', { responses: { 200: z.record(z.string(), z.union([z.int(), z.string()])) } }, () => row)

// A promise is no value of a field.
// @ts-expect-error
app.get('/', { responses: { 200: z.object({ meta: z.record(z.string(), z.unknown()) }) } }, () => ({ meta: Promise.resolve(row) }))
// @ts-expect-error
app.get('/', { responses: { 200: z.object({ some: z.object({ id: z.int().optional() }) }) } }, () => ({ some: Promise.resolve({ id: 1 }) }))
// @ts-expect-error
app.get('/', { responses: { 200: z.array(Item) } }, () => [Promise.resolve(rows[0]!)])
