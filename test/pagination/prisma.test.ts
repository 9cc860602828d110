/** Pages of Prisma's delegates, over a stand-in for one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { createApp, Page } from '../../src/index.ts'
import { CursorPage, pagination } from '../../src/pagination/index.ts'
import { fromPrisma, type PrismaDelegate } from '../../src/prisma/index.ts'
import { onDatabases, type TestDatabase } from '../support/databases.ts'
import { fc, fuzzRuns } from '../support/fuzz.ts'
import { prismaModel } from '../support/prisma.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

interface Task {
  id: number
  title: string
  due_at: Date | null
  made: Date
  exact: Date
  done: boolean
  budget: unknown
  big: bigint
}

const CREATE = `
  create table tasks (
    id integer primary key, title text not null, due_at timestamptz(3), made timestamptz(3) not null, exact timestamptz(6) not null, done boolean not null,
    budget numeric(30, 10), big bigint not null
  );
  insert into tasks select n, 'task ' || n % 5, case when n % 3 > 0 then '2024-01-01'::timestamptz + n % 7 * interval '1 millisecond' end,
    '2024-01-01'::timestamptz + n % 11 * interval '1 millisecond', '2024-01-01'::timestamptz + n % 11 * interval '1 microsecond', n % 2 = 0,
    case when n % 4 > 0 then 12345678901234567890.0000000001 + n % 9 * 0.0000000001 end, 9007199254740993 + n % 3 from generate_series(1, 60) n
`

const modelOf = (db: TestDatabase) =>
  prismaModel<Task>(db, 'tasks', { id: 'Int', title: 'String', due_at: 'DateTime?', made: 'DateTime', exact: 'DateTime', done: 'Boolean', budget: 'Decimal?', big: 'BigInt' }) // oxfmt-ignore

const Pages = CursorPage.with({ keys: ['a secret of the test'], size: { max: 1000 } })
const first = { cursor: undefined, size: 5 }
const NOT_NULL = ['title', 'made', 'done', 'big'] as const

const part = fc.oneof(
  fc.record({ name: fc.constantFrom(...NOT_NULL), given: fc.constantFrom('asc' as const, 'desc' as const) }),
  fc.record({
    name: fc.constantFrom('due_at' as const, 'budget' as const),
    given: fc.record({ sort: fc.constantFrom('asc' as const, 'desc' as const), nulls: fc.constantFrom('first' as const, 'last' as const) }),
  }),
)

onDatabases(
  'Prisma',
  (open) => {
    test('pages by number and by offset, with totals of the rows that match', async () => {
      const tasks = modelOf(open())
      const source = fromPrisma(tasks, { where: { done: true }, orderBy: { made: 'desc' } }, { key: ['id'] })
      const page = await Page.paginate(source, { page: 2, size: 7 })
      assert.equal(page.total, 30)
      assert.deepEqual(page.items, await tasks.findMany({ where: { done: true }, orderBy: [{ made: 'desc' }, { id: 'desc' }], skip: 7, take: 7 })) // oxfmt-ignore
      const Capped = Page.with({ total: 'capped', cap: 10 })
      assert.deepEqual({ ...(await Capped.paginate(source, { page: 1, size: 7 })), items: 0 }, { items: 0, total: 10, total_capped: true, page: 1, size: 7, pages: 2, has_more: true }) // oxfmt-ignore
    })

    test('law: forward and backward, the pages have every row that is not deleted', async () => {
      const db = open()
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(part, { selector: ({ name }) => name, minLength: 1, maxLength: 3 }),
          fc.integer({ min: 1, max: 20 }),
          fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 8 }),
          async (parts, size, deleted) => {
            await db.run('delete from tasks')
            for (const statement of CREATE.split(';').slice(1)) await db.run(statement)
            const tasks = modelOf(db)
            const orderBy = parts.map(({ name, given }) => ({ [name]: given }))
            const source = fromPrisma(tasks, { orderBy }, { key: ['id'], notNull: NOT_NULL })
            const before = (await source.slice(0, 100)).map(({ id }) => id)
            let page = await Pages.paginate(source, { cursor: undefined, size })
            const forward = page.items.map(({ id }) => id)
            await db.run(`delete from tasks where id in (${[forward.at(-1)!, ...deleted].join(',')})`)
            while (page.next !== null) {
              page = await Pages.paginate(source, { cursor: page.next, size })
              forward.push(...page.items.map(({ id }) => id))
            }
            const gone = new Set(deleted)
            assert.deepEqual(forward, before.filter((id, at) => at < size || !gone.has(id)))
            const backward = page.items.map(({ id }) => id)
            while (page.previous !== null) {
              page = await Pages.paginate(source, { cursor: page.previous, size })
              backward.unshift(...page.items.map(({ id }) => id))
            }
            assert.deepEqual(backward, (await source.slice(0, 100)).map(({ id }) => id))
          },
        ),
        { numRuns: fuzzRuns(15, 200) },
      ) // oxfmt-ignore
      await db.run('delete from tasks')
      for (const statement of CREATE.split(';').slice(1)) await db.run(statement)
    })

    test('sort and filter choose fields, and an export reads all of them', async () => {
      const source = fromPrisma(modelOf(open()), { where: { id: { gt: 10 } }, orderBy: { id: 'asc' } }, { key: ['id'], notNull: ['made'] })
      const chosen = source.select({
        orderBy: [{ column: 'due_at', direction: 'desc', nulls: 'last' }],
        conditions: [
          { column: 'title', operator: 'in', value: ['task 1', 'task 2', 'task 3'] },
          { column: 'title', operator: 'gte', value: 'task 2' },
          { column: 'title', operator: 'ne', value: 'task 3' },
          { column: 'done', operator: 'eq', value: true },
        ],
      })
      const ids: number[] = []
      for await (const { id, title, done } of chosen.rows({ batch: 2 })) {
        assert.deepEqual([title, done], ['task 2', true])
        ids.push(id)
      }
      assert.deepEqual(ids, [32, 52, 22, 42, 12])
      assert.equal(await chosen.count(), 5)
    })

    test('a findMany of your own returns the fields that it selects', async () => {
      const tasks = modelOf(open())
      const named = {
        findMany: async (page: Parameters<typeof tasks.findMany>[0]) =>
          (await tasks.findMany(page)).map(({ id, title }) => ({ id, title })),
        count: () => tasks.count(),
      }
      const page = await Pages.paginate(fromPrisma(named, { orderBy: { title: 'asc' } }, { key: ['id'], notNull: ['title'] }), first)
      assert.deepEqual(page.items[0], { id: 5, title: 'task 0' })
      await assert.rejects(
        Pages.paginate(fromPrisma(named, { orderBy: { made: 'asc' } }, { key: ['id'], notNull: ['made' as never] }), first),
        {
          message: /^PAGE_KEY: fromPrisma\(\): expected a value of made in each row/,
        },
      )
    })

    test('an order or a key that would skip rows is refused', async () => {
      const tasks = modelOf(open())
      const withFields: PrismaDelegate = { ...tasks, fields: { title: { isEnum: true } } }
      const refused: Readonly<Record<string, () => unknown>> = {
        'expected fields that identify a row, got no key': () => fromPrisma(tasks, { orderBy: { id: 'asc' } }),
        'expected columns that identify a row, got two rows': () => fromPrisma(tasks, { orderBy: { title: 'asc' } }, { key: ['title'] }),
        'expected the place of nulls of due_at': () => fromPrisma(tasks, { orderBy: { due_at: 'asc' } }, { key: ['id'] }),
        'expected due_at to never be null, got null': () => fromPrisma(tasks, { orderBy: { due_at: 'desc' } }, { key: ['id'], notNull: ['due_at'] }),
        'expected dates of milliseconds in the order': () => fromPrisma(tasks, { orderBy: { exact: 'desc' } }, { key: ['id'], notNull: ['exact'] }),
        'expected an order by fields that Prisma can compare': () => fromPrisma(withFields, { orderBy: { title: 'asc' } }, { key: ['id'] }),
        'got a relation, a count or an enum': () => fromPrisma(tasks, { orderBy: { owner: { name: 'asc' } } as never }, { key: ['id'] }),
      } // oxfmt-ignore
      for (const [message, declare] of Object.entries(refused)) {
        const error = await Pages.paginate(declare() as never, first).catch((each: unknown) => each)
        assert.match(String(error), new RegExp(`PAGE_KEY: fromPrisma\\(\\): .*${message}`))
      }
      assert.throws(() => fromPrisma(tasks, { orderBy: [] }), { code: 'PAGE_ORDER' })
      assert.throws(() => fromPrisma(tasks, {} as never), { code: 'PAGE_ORDER' })
      assert.throws(() => fromPrisma(tasks, { orderBy: { id: 'asc' }, take: 3 } as never), { code: 'PAGE_QUERY' })
      const Estimated = Page.with({ total: 'estimated' })
      await assert.rejects(Estimated.paginate(fromPrisma(tasks, { orderBy: { id: 'asc' } }), { page: 1, size: 5 }), { code: 'PAGE_SOURCE' })
    })

    test('the response to a forged cursor is a 400', async () => {
      const db = open()
      const logger = new RecordingLogger()
      const app = createApp({ logger })
      const Unsigned = CursorPage.with({ keys: 'unsigned' })
      const source = fromPrisma(modelOf(db), { orderBy: [{ made: 'asc' }, { big: 'asc' }] }, { key: ['id'], notNull: NOT_NULL })
      app.get('/tasks', { dependencies: { paginate: pagination(Unsigned) }, responses: { 200: Unsigned(z.object({ id: z.int() })) } }, ({ paginate }) => paginate(source)) // oxfmt-ignore
      const { next } = (await (await app.request('/tasks')).json()) as { next: string }
      const context = Buffer.from(next.slice(2), 'base64url').subarray(0, 12)
      const [made, big, id] = ['t2024-01-01T00:00:00.000Z', 'i9007199254740993', 'n1']
      const ask = async (...key: unknown[]) =>
        (await app.request(`/tasks?cursor=u1${Buffer.concat([context, Buffer.from(JSON.stringify([0, ...key]))]).toString('base64url')}`))
          .status
      assert.equal(await ask(made, big, id), 200)
      for (const key of [[made, big], [made, big, id, id], [null, big, id], ['', big, id], ['x', big, id], ['t2024', big, id], ['n1', big, id], [made, 'i1.5', id],
        [made, 'i99999999999999999999', id], [made, 'i9999999999999999999', id], [made, big, 'nNaN'], [made, big, 'n1e300'], [made, big, 'n'], [made, big, 'b2'], [made, big, 'dx']]) {
        assert.equal(await ask(...key), 400, JSON.stringify(key))
      } // oxfmt-ignore
      assert.deepEqual(logger.takeMessages(), [])
    })
  },
  async (db) => {
    for (const statement of CREATE.split(';')) await db.run(statement)
  },
)
