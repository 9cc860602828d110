/** Queries as sources: right totals, no change of the given query, indexes that serve cursors, and clear errors. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asc, desc, eq, gt, relations, sql as drizzleSQL } from 'drizzle-orm'
import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { createApp, jsonl, Page, type PaginationSource } from '../../src/index.ts'
import { fromDrizzle } from '../../src/drizzle/index.ts'
import { fromKysely } from '../../src/kysely/index.ts'
import { CursorPage, pagination, selection, type QuerySource } from '../../src/pagination/index.ts'
import { fromSQL, sql } from '../../src/sql/index.ts'
import { z } from 'zod'
import { onDatabases, type TestDatabase } from '../support/databases.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

const authors = pgTable('authors', { id: integer().primaryKey(), name: text().notNull(), team: text() })
const posts = pgTable('posts', {
  id: integer().primaryKey(),
  author_id: integer().notNull(),
  title: text().notNull(),
  made: timestamp({ withTimezone: true, precision: 6 }).notNull(),
})
const schema = {
  authors,
  posts,
  authorRelations: relations(authors, ({ many }) => ({ posts: many(posts) })),
  postRelations: relations(posts, ({ one }) => ({ author: one(authors, { fields: [posts.author_id], references: [authors.id] }) })),
}

interface Tables {
  authors: { id: number; name: string; team: string | null }
  posts: { id: number; author_id: number; title: string; made: Date }
}

const CREATE = `
  create table authors (id integer primary key, name text not null, team text);
  create table posts (id integer primary key, author_id integer not null, title text not null, made timestamptz(6) not null);
  insert into authors select n, 'author ' || n % 5, case when n % 3 > 0 then 'team ' || n % 4 end from generate_series(1, 40) n;
  insert into posts select n, n % 30 + 1, 'post ' || n, '2024-01-01'::timestamptz + (n % 50) * interval '1 microsecond' from generate_series(1, 3000) n;
  create index on posts (made, id);
  create index on posts (made desc, title);
  analyze authors;
  analyze posts
`

const Pages = CursorPage.with({ keys: ['a secret of the test'], size: { max: 1000 } })

/** Each query with its `count(*)`. */
function queries(db: TestDatabase): Readonly<Record<string, readonly [QuerySource<unknown>, string]>> {
  const drizzle = db.drizzle(schema)
  const kysely = db.kysely<Tables>()
  const joined = 'select a.id from authors a left join posts p on p.author_id = a.id'
  return {
    'Drizzle, a join to many': [
      fromDrizzle(drizzle, drizzle.select().from(authors).leftJoin(posts, eq(posts.author_id, authors.id)).orderBy(authors.name), { key: [authors.id, posts.id] }),
      joined,
    ],
    'Drizzle, distinct': [
      fromDrizzle(drizzle, drizzle.selectDistinct({ name: authors.name }).from(authors).innerJoin(posts, eq(posts.author_id, authors.id)).orderBy(authors.name), { key: [authors.name] }),
      'select distinct a.name from authors a join posts p on p.author_id = a.id',
    ],
    'Drizzle, groups': [
      fromDrizzle(drizzle, drizzle.select({ name: authors.name, posts: drizzleSQL<number>`count(*)` }).from(authors).innerJoin(posts, eq(posts.author_id, authors.id)).groupBy(authors.name).having(gt(drizzleSQL`count(*)`, 10)).orderBy(desc(drizzleSQL`count(*)`))),
      'select 1 from authors a join posts p on p.author_id = a.id group by a.name having count(*) > 10',
    ],
    'Drizzle, relational': [
      fromDrizzle(drizzle, drizzle.query.authors.findMany({ with: { posts: true }, where: gt(authors.id, 7), orderBy: (fields, { asc: up }) => up(fields.name) })),
      'select 1 from authors where id > 7',
    ],
    'Kysely, a join to many': [
      fromKysely(kysely, kysely.selectFrom('authors').leftJoin('posts', 'posts.author_id', 'authors.id').select(['authors.id', 'posts.title']).orderBy('authors.name'), { key: ['authors.id', 'posts.id'] }),
      joined,
    ],
    'Kysely, groups': [
      fromKysely(kysely, kysely.selectFrom('posts').select(['author_id', (eb) => eb.fn.countAll().as('posts')]).groupBy('author_id').orderBy((eb) => eb.fn.countAll(), 'desc')),
      'select 1 from posts group by author_id',
    ],
    'Kysely, distinct': [
      fromKysely(kysely, kysely.selectFrom('posts').select('author_id').distinct().orderBy('author_id'), { key: ['author_id'] }),
      'select distinct author_id from posts',
    ],
    'SQL, groups': [
      fromSQL(db.sql, { text: `select team, count(*) as authors, '$1' as text from authors where id > $1 group by team`, values: [3] }, { orderBy: ['-authors'], key: ['team'] }),
      'select 1 from authors where id > 3 group by team',
    ],
    'SQL, nothing': [fromSQL(db.sql, sql`select * from authors where id < ${0}`, { orderBy: ['id'], key: ['id'] }), 'select 1 where false'],
  }
} // oxfmt-ignore

const filterBy = (column: unknown) => ({
  filter: { id: { column, model: z.int(), operators: ['gte' as const] }, made: { column: 'made', model: z.string() } },
})

async function all(source: PaginationSource<unknown>, size: number): Promise<unknown[]> {
  const found: unknown[] = []
  for (let cursor: string | undefined; ;) {
    const page = await Pages.paginate(source, { cursor, size })
    found.push(...page.items)
    if (page.next === null) return found
    cursor = page.next
  }
}

onDatabases(
  'queries',
  (open) => {
    test('totals equal count(*) in each mode, and all pages together have as many rows', async () => {
      const db = open()
      for (const [name, [source, text_]] of Object.entries(queries(db))) {
        const [row] = await db.run(`select count(*)::int as total from (${text_}) as counted`)
        const total = row!['total'] as number
        assert.equal(await source.count(), total, name)
        assert.equal((await source.sliceAndCount(0, 3)).total, total, name)
        assert.equal((await source.sliceAndCount(total + 5, 3)).total, total, name)
        assert.equal(await source.countUpTo(2), Math.min(2, total), name)
        assert.equal(typeof (await source.estimate()), 'number', name)
        const walked = await all(source, 700)
        assert.equal(walked.length, total, name)
        assert.equal(new Set(walked.map((each) => JSON.stringify(each))).size, total, name)
        assert.equal((await source.slice(0, 5000)).length, total, name)
        assert.deepEqual(await all(source, 700), await source.slice(0, 5000), name)
      }
    })

    test('a query is not changed, and two requests may share one', async () => {
      const db = open()
      const drizzle = db.drizzle(schema)
      const query = drizzle.select().from(posts).orderBy(posts.id)
      const before = query.toSQL()
      const source = fromDrizzle(drizzle, query)
      const pages = await Promise.all([0, 10, 20].map(async (offset) => source.slice(offset, 10)))
      assert.deepEqual(
        pages.flat().map(({ id }) => id),
        Array.from({ length: 30 }, (_, index) => index + 1),
      )
      await Promise.all([Pages.paginate(source, { cursor: undefined, size: 5 }), source.count(), source.sliceAndCount(3, 4)])
      assert.deepEqual(query.toSQL(), before)
      assert.equal((await query).length, 3000)
    })

    test('rows have the types of their builder, and no column for the key', async () => {
      const db = open()
      const drizzle = db.drizzle(schema)
      const related = drizzle.query.posts.findMany({
        with: { author: true },
        orderBy: desc(posts.made),
        columns: { title: true, made: true },
      })
      const [post] = (await Pages.paginate(fromDrizzle(drizzle, related), { cursor: undefined, size: 1 })).items
      assert.deepEqual(Object.keys(post!).toSorted(), ['author', 'made', 'title'])
      assert.ok(post!.made instanceof Date)
      const camel = db.kysely<{ posts: { id: number; authorId: number } }>({ camelCase: true })
      const source = fromKysely(camel, camel.selectFrom('posts').selectAll().orderBy('authorId'), { key: ['id'] })
      const page = await Pages.paginate(source, { cursor: undefined, size: 2 })
      assert.deepEqual(Object.keys(page.items[0]!), ['id', 'authorId', 'title', 'made'])
      assert.equal((await Pages.paginate(source, { cursor: page.next!, size: 2 })).items.length, 2)
    })

    test('sort and filter choose columns', async () => {
      const db = open()
      const drizzle = db.drizzle(schema)
      const kysely = db.kysely<Tables>()
      const sources = {
        Drizzle: [posts.author_id, fromDrizzle(drizzle, drizzle.select().from(posts).where(gt(posts.id, 100)).orderBy(posts.id))],
        relational: [posts.author_id, fromDrizzle(drizzle, drizzle.query.posts.findMany({ where: gt(posts.id, 100), orderBy: posts.id }))],
        Kysely: [
          'author_id',
          fromKysely(kysely, kysely.selectFrom('posts').selectAll().where('id', '>', 100).orderBy('id'), { key: ['id'] }),
        ],
        SQL: ['author_id', fromSQL<Tables['posts']>(db.sql, sql`select * from posts where id > ${100}`, { orderBy: ['id'], key: ['id'] })],
      } as const
      for (const [name, [column, source]] of Object.entries(sources)) {
        const chosen = (source as QuerySource<{ id: number; author_id: number }>).select({
          orderBy: [{ column, direction: 'desc' }],
          conditions: [
            { column, operator: 'in', value: [3, 5, 7] },
            { column, operator: 'gte', value: 4 },
            { column, operator: 'ne', value: 7 },
          ],
        })
        const rows = await chosen.slice(0, 1000)
        assert.deepEqual([...new Set(rows.map((row) => row.author_id))], [5], name)
        assert.equal(await chosen.count(), 96, name)
      }
    })

    test('an index serves a cursor', async () => {
      const db = open()
      const drizzle = db.drizzle(schema)
      const orders = { 'one direction': [desc(posts.made), desc(posts.id)], 'two directions': [desc(posts.made), asc(posts.title)] }
      for (const [name, order] of Object.entries(orders)) {
        const source = fromDrizzle(
          drizzle,
          drizzle
            .select()
            .from(posts)
            .orderBy(...order),
        )
        const { next } = await Pages.paginate(source, { cursor: undefined, size: 20 })
        db.takeStatements()
        await Pages.paginate(source, { cursor: next!, size: 20 })
        const statement = db.takeStatements().find((each) => each.includes('json_build_array'))!
        // The statement that the driver sent, with the values of a cursor instead of its parameters.
        const values = [
          "'2024-01-01 00:00:00.00002+00'",
          name === 'one direction' ? "'20'" : "'2024-01-01 00:00:00.00002+00'",
          "'post 20'",
          "'20'",
          '21',
        ]
        const count = new Set(statement.match(/\$\d+/g)).size
        const literal = statement.replaceAll(/\$(\d+)/g, (_, number) => (Number(number) === count ? '21' : values[Number(number) - 1]!))
        const plan = (await db.run(`explain ${literal}`)).map((row) => String(Object.values(row)[0])).join('\n')
        assert.match(plan, /Index Scan.* using posts_made/, plan)
        assert.match(plan, /Index Cond:.*made/, plan)
      }
    })

    test('a query that can not have pages is refused', async () => {
      const db = open()
      const drizzle = db.drizzle(schema)
      const kysely = db.kysely<Tables>()
      const refused: Readonly<Record<string, (() => unknown)[]>> = {
        PAGE_ORDER: [
          () => fromDrizzle(drizzle, drizzle.select().from(posts)),
          () => fromDrizzle(drizzle, drizzle.query.posts.findMany()),
          () => fromKysely(kysely, kysely.selectFrom('posts').selectAll()),
        ],
        PAGE_QUERY: [
          () => fromDrizzle(drizzle, drizzle.select().from(posts).orderBy(posts.id).limit(5)),
          () => fromDrizzle(drizzle, drizzle.selectDistinctOn([posts.author_id]).from(posts).orderBy(posts.author_id)),
          () => fromDrizzle(drizzle, drizzle.query.posts.findMany({ orderBy: posts.id, limit: 3 })),
          () => fromKysely(kysely, kysely.selectFrom('posts').selectAll().orderBy('id').limit(5)),
        ],
      }
      for (const [code, declare] of Object.entries(refused)) for (const each of declare) assert.throws(each, { code })
      const joined = drizzle.select().from(posts).innerJoin(authors, eq(authors.id, posts.author_id)).orderBy(posts.made)
      await assert.rejects(Pages.paginate(fromDrizzle(drizzle, joined), { cursor: undefined, size: 5 }), { code: 'PAGE_KEY' })
      await assert.rejects(Pages.paginate(fromDrizzle(drizzle, joined, { key: [authors.id] }), { cursor: undefined, size: 900 }), {
        code: 'PAGE_KEY',
      })
      assert.equal((await Page.paginate(fromDrizzle(drizzle, joined), { page: 1, size: 5 })).total, 3000)
    })

    test('the response to a filter value that the column cannot have is a 422', async () => {
      const db = open()
      const drizzle = db.drizzle(schema)
      const kysely = db.kysely<Tables>()
      const logger = new RecordingLogger()
      const app = createApp({ logger })
      const Item = z.object({ id: z.int() })
      const sources = {
        drizzle: [posts.id, fromDrizzle(drizzle, drizzle.select().from(posts).orderBy(posts.id))],
        kysely: ['id', fromKysely(kysely, kysely.selectFrom('posts').selectAll().orderBy('id'), { key: ['id'] })],
        sql: ['id', fromSQL<Tables['posts']>(db.sql, sql`select * from posts`, { orderBy: ['id'], key: ['id'] })],
      } as const
      for (const [name, [column, source]] of Object.entries(sources)) {
        app.get(`/${name}`, { dependencies: { paginate: pagination(Pages, filterBy(column)) }, responses: { 200: Pages(Item) } }, ({ paginate }) => paginate(source)) // oxfmt-ignore
        app.get(`/${name}/rows`, { dependencies: { select: selection(filterBy(column)) }, responses: { 200: jsonl(Item) } }, ({ select }) => select<{ id: number }>(source).rows()) // oxfmt-ignore
        for (const path of [`/${name}`, `/${name}/rows`]) {
          const taken = await app.request(`${path}?filter[id][gte]=2990`)
          assert.equal(taken.status, 200, path)
          // An export keeps its connection until it is read.
          await taken.text()
          const refused = await app.request(`${path}?filter[id][gte]=9007199254740991`)
          assert.equal(refused.status, 422, path)
          assert.deepEqual(((await refused.json()) as { errors: { loc: unknown }[] }).errors[0]!.loc, ['query', 'filter'])
        }
      }
      assert.equal((await app.request('/sql?filter[made]=yesterday or so')).status, 422)
      assert.deepEqual(logger.takeMessages(), [])
    })

    test('bad input never reaches the database, and the response to a forged unsigned cursor is a 400', async () => {
      const db = open()
      const logger = new RecordingLogger()
      const app = createApp({ logger })
      const Unsigned = CursorPage.with({ keys: 'unsigned' })
      const source = fromSQL<{ id: number }>(db.sql, sql`select * from posts`, { orderBy: ['made'], key: ['id'] })
      const Item = z.object({ id: z.int() })
      app.get('/u', { dependencies: { paginate: pagination(Unsigned) }, responses: { 200: Unsigned(Item) } }, ({ paginate }) =>
        paginate(source),
      )
      app.get('/s', { dependencies: { paginate: pagination(Pages) }, responses: { 200: Pages(Item) } }, ({ paginate }) => paginate(source))
      db.takeStatements()
      for (const path of [
        '/s?size=0',
        '/s?size=1001',
        '/s?cursor=x',
        '/s?cursor=s1AAAA',
        '/u?cursor=u1AAAAAAAAAAAAAAAAAAAA',
        '/s?size=99999999999999999999',
      ]) {
        assert.ok([400, 422].includes((await app.request(path)).status), path)
      }
      assert.deepEqual(db.takeStatements(), [])
      const { next } = (await (await app.request('/u')).json()) as { next: string }
      const bytes = Buffer.from(next.slice(2), 'base64url')
      const forged = Buffer.concat([bytes.subarray(0, 12), Buffer.from(JSON.stringify([0, "x' or 1=1", '1']))])
      assert.equal((await app.request(`/u?cursor=u1${forged.toString('base64url')}`)).status, 400)
      assert.deepEqual(logger.takeMessages(), [])
    })
  },
  async (db) => {
    for (const statement of CREATE.split(';')) await db.run(statement)
  },
)
