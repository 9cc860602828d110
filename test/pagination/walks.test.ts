/** Walks over pages while rows are inserted and deleted between them: every row that is not deleted is read exactly once, in every order. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CursorPage } from '../../src/pagination/index.ts'
import { fromSQL, sql, type SQLOrder } from '../../src/sql/index.ts'
import { onDatabases, type TestDatabase } from '../support/databases.ts'
import { fc, fuzzRuns } from '../support/fuzz.ts'

interface Row {
  readonly id: number
}

const Pages = CursorPage.with({ keys: ['a secret of the test'], size: { max: 1000 } })
const ManyPages = CursorPage.with({ keys: ['a secret of the test'], size: { max: 100_000 } })

/** There are few values, so that most rows tie. */
const COLUMNS = ['a', 'b', 'c', 'd'] as const
const NOT_NULL = ['a']

const CREATE = `
  create table walked (id integer primary key, a integer not null, b timestamptz(6), c numeric, d text, gone boolean not null default false);
  create view surviving as select * from walked where not gone
`

/** The number of rows of the walk with concurrent writes, and of one page of it. */
const MANY = fuzzRuns(2000, 1_000_000)
const PAGE = MANY / 20

/** The statement that inserts rows. `numbers` is SQL whose rows are numbers `n`. */
function insertText(numbers: string): string {
  return `insert into walked select n, n % 5003 * 7919 % 3, case when n % 4 > 0 then '2024-01-01'::timestamptz + (n % 5003 * 31 % 5) * interval '1 microsecond' end,
    case when n % 3 > 0 then 1e20 + (n % 5003 * 17 % 4) / 10.0 end, (array['x', 'Y', 'ä', null])[n % 5003 * 13 % 4 + 1] from ${numbers} n`
}

const order = fc.tuple(
  fc.uniqueArray(
    fc.record({ column: fc.constantFrom(...COLUMNS), direction: fc.constantFrom('asc' as const, 'desc' as const), nulls: fc.constantFrom('first' as const, 'last' as const, undefined) }),
    { selector: ({ column }) => column, minLength: 1, maxLength: 3 },
  ),
  fc.constantFrom('asc' as const, 'desc' as const),
) // oxfmt-ignore

interface Step {
  readonly size: number
  readonly isBackward: boolean
  /** The rows to delete. Some are at the edges of the page. */
  readonly removed: readonly number[]
  readonly isEdgeRemoved: boolean
  readonly inserted: readonly number[]
}

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    size: fc.integer({ min: 1, max: 9 }),
    isBackward: fc.boolean(),
    removed: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }),
    isEdgeRemoved: fc.boolean(),
    inserted: fc.uniqueArray(fc.integer({ min: 61, max: 140 }), { maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 12 },
)

type Order = typeof order extends fc.Arbitrary<infer Value> ? Value : never

function sourceOf(db: TestDatabase, [parts, last]: Order) {
  const orderBy = [
    ...parts.map(({ nulls, ...part }): SQLOrder => ({ ...part, ...(nulls && { nulls }) })),
    { column: 'id', direction: last },
  ]
  return fromSQL(db.sql, sql<Row>`select * from surviving`, { orderBy: orderBy as [SQLOrder], key: ['id'], notNull: NOT_NULL })
}

function orderText([parts, last]: Order): string {
  const all = parts.map(({ column, direction, nulls }) => `${column} ${direction}${nulls ? ` nulls ${nulls}` : ''}`)
  return [...all, `id ${last}`].join(', ')
}

async function reset(db: TestDatabase): Promise<void> {
  await db.run('delete from walked')
  await db.run(insertText('generate_series(1, 60)'))
}

/** Ids in order, with those of deleted rows, which still have a position. */
async function places(db: TestDatabase, chosen: Order): Promise<readonly { readonly id: number; readonly gone: boolean }[]> {
  return (await db.run(`select id, gone from walked order by ${orderText(chosen)}`)) as never
}

async function change(db: TestDatabase, { removed, inserted, isEdgeRemoved }: Step, edges: readonly number[]): Promise<void> {
  const gone = isEdgeRemoved ? [...removed, ...edges] : removed
  if (gone.length > 0) await db.run(`update walked set gone = true where id in (${gone.join(',')})`)
  if (inserted.length > 0) await db.run(`${insertText(`unnest(array[${inserted.join(',')}])`)} on conflict do nothing`)
}

async function meetAll(source: ReturnType<typeof sourceOf>, isBackward: boolean): Promise<number[]> {
  const met: number[] = []
  let cursor = isBackward ? await lastCursor(source) : undefined
  for (;;) {
    const { items, next, previous } = await ManyPages.paginate(source, { cursor, size: PAGE })
    for (const { id } of isBackward ? items.toReversed() : items) met.push(id)
    cursor = (isBackward ? previous : next) ?? undefined
    if (cursor === undefined) return met
  }
}

/** Deletes rows from all over the table and inserts others, until the walk ends. Returns the number of rows that it deleted. */
async function writeUntil(db: TestDatabase, walk: Promise<unknown>): Promise<number> {
  const over = walk.then(
    () => true,
    () => true,
  )
  const share = MANY / 1000
  let deleted = 0
  for (let round = 1; round < 400; round++) {
    const gone = await db.run(`delete from walked where id % 1009 = ${(round * 211) % 1009} and id <= ${MANY} returning id`)
    deleted += gone.length
    await db.run(insertText(`generate_series(${MANY + round * share}, ${MANY + round * share + share - 1})`))
    if (await Promise.race([over, Promise.resolve(false)])) break
  }
  return deleted
}

onDatabases(
  'walks',
  (open) => {
    test('law: a walk from one end to the other reads every row that is not deleted once', async () => {
      const db = open()
      await fc.assert(
        fc.asyncProperty(order, steps, fc.boolean(), async (chosen, changes, isBackward) => {
          await reset(db)
          const source = sourceOf(db, chosen)
          const met: number[] = []
          // The last page: its cursor is in the `last` link.
          let cursor = isBackward ? await lastCursor(source) : undefined
          for (let turn = 0; ; turn++) {
            const step = changes[turn]
            const page = await Pages.paginate(source, { cursor, size: step?.size ?? 9 })
            met.push(...(isBackward ? page.items.toReversed() : page.items).map(({ id }) => id))
            cursor = (isBackward ? page.previous : page.next) ?? undefined
            if (cursor === undefined) break
            if (step !== undefined)
              await change(
                db,
                step,
                [page.items.at(isBackward ? 0 : -1)!.id].filter((id) => id !== undefined),
              )
          }
          assert.equal(new Set(met).size, met.length, 'no row twice')
          const seen = new Set(met)
          const survivors = await db.run('select id from surviving where id <= 60')
          assert.deepEqual(
            survivors.filter(({ id }) => !seen.has(id as number)),
            [],
            'no row is missed',
          )
          const all = (await places(db, chosen)).map(({ id }) => id)
          const sortedOnes = all.filter((id) => seen.has(id))
          assert.deepEqual(met, isBackward ? sortedOnes.toReversed() : sortedOnes, 'in the order of the query')
        }),
        { numRuns: fuzzRuns(12, 150) },
      )
    })

    test('law: from any page, next and previous lead to the rows beside it', async () => {
      const db = open()
      await fc.assert(
        fc.asyncProperty(order, steps, async (chosen, changes) => {
          await reset(db)
          const source = sourceOf(db, chosen)
          let page = await Pages.paginate(source, { cursor: undefined, size: 5 })
          for (const step of changes) {
            const edge = step.isBackward ? page.items[0] : page.items.at(-1)
            await change(db, step, page.items.length === 0 ? [] : [page.items[0]!.id, page.items.at(-1)!.id])
            const cursor = step.isBackward ? page.previous : page.next
            if (cursor === null || edge === undefined) break
            page = await Pages.paginate(source, { cursor, size: step.size })
            const all = await places(db, chosen)
            const at = all.findIndex(({ id }) => id === edge.id)
            const beside = step.isBackward ? all.slice(0, at) : all.slice(at + 1)
            const ids = beside.filter(({ gone }) => !gone).map(({ id }) => id)
            assert.deepEqual(
              page.items.map(({ id }) => id),
              step.isBackward ? ids.slice(-step.size) : ids.slice(0, step.size),
            )
          }
        }),
        { numRuns: fuzzRuns(12, 150) },
      )
    })

    test(`law: a walk over ${MANY} rows reads every row that is not deleted once while others write`, async (t) => {
      const db = open()
      await fc.assert(
        fc.asyncProperty(order, fc.boolean(), async (chosen, isBackward) => {
          await db.run('truncate walked')
          await db.run(insertText(`generate_series(1, ${MANY})`))
          await db.run('analyze walked')
          const source = sourceOf(db, chosen)
          const walk = meetAll(source, isBackward)
          const deleted = await writeUntil(db, walk)
          const met = await walk
          assert.ok(deleted > 0, 'rows were deleted in the meantime')
          assert.equal(new Set(met).size, met.length, 'no row twice')
          const all = await places(db, chosen)
          const seen = new Set(met)
          const missed = all.filter(({ id }) => id <= MANY && !seen.has(id))
          assert.deepEqual(missed, [], 'no row is missed')
          const sortedOnes = all.map(({ id }) => id).filter((id) => seen.has(id))
          const stayed = new Set(sortedOnes)
          const metOnes = met.filter((id) => stayed.has(id))
          assert.deepEqual(metOnes, isBackward ? sortedOnes.toReversed() : sortedOnes, 'in the order of the query')
          t.diagnostic(
            `${orderText(chosen)}${isBackward ? ', backward' : ''}: ${met.length} met, ${deleted} deleted, ${all.length} at the end`,
          )
        }),
        { numRuns: fuzzRuns(3, 4) },
      )
    })
  },
  async (db) => {
    for (const statement of CREATE.split(';')) await db.run(statement)
  },
)

async function lastCursor(source: ReturnType<typeof sourceOf>): Promise<string> {
  let last = ''
  await Pages.paginate(source, { cursor: undefined, size: 1 }, { toLinks: (targets) => {
    last = targets.last!['cursor']!
    return { self: '', first: '', prev: null, next: null, last: null }
  } }) // oxfmt-ignore
  return last
}
