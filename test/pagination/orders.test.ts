/** Ten orders, each query builder, two databases: forward and backward, the pages have the rows of one sorted query. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asc, desc, sql as drizzleSQL, type SQL } from 'drizzle-orm'
import { bigint, boolean, doublePrecision, integer, numeric, pgEnum, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { sql as kyselySQL, type Kysely } from 'kysely'
import type { PaginationSource } from '../../src/index.ts'
import { CursorPage } from '../../src/pagination/index.ts'
import { fromDrizzle } from '../../src/drizzle/index.ts'
import { fromKysely } from '../../src/kysely/index.ts'
import { fromPrisma } from '../../src/prisma/index.ts'
import { fromSQL, sql, type SQLOrder } from '../../src/sql/index.ts'
import { onDatabases, type TestDatabase } from '../support/databases.ts'
import { prismaModel, type Model } from '../support/prisma.ts'

const mood = pgEnum('mood', ['sad', 'ok', 'happy'])

const things = pgTable('things', {
  id: integer().primaryKey(),
  rank: integer(),
  seen: timestamp({ withTimezone: true, precision: 6 }),
  born: timestamp({ withTimezone: true, precision: 6 }).notNull(),
  price: numeric({ precision: 30, scale: 10 }),
  big: bigint({ mode: 'bigint' }).notNull(),
  name: text().notNull(),
  note: text(),
  mood: mood().notNull(),
  code: uuid().notNull(),
  done: boolean().notNull(),
  score: doublePrecision(),
})

const CREATE = `
  create type mood as enum ('sad', 'ok', 'happy');
  create table things (
    id integer primary key, rank integer, seen timestamptz(6), born timestamptz(6) not null, price numeric(30, 10), big bigint not null,
    name text collate "C" not null, note text, mood mood not null, code uuid not null, done boolean not null, score double precision
  );
  insert into things select
    n, nullif(n % 7, 3), case when n % 5 > 0 then '2024-02-29 12:00:00.000001+00'::timestamptz + (n % 11) * interval '1 microsecond' end,
    '2024-01-01 00:00:00+00'::timestamptz + (n % 13) * interval '1 microsecond',
    case when n % 4 > 0 then 12345678901234567890.0000000001 + (n % 9) * 0.0000000001 end,
    9007199254740993 + (n % 17), (array['Zoë', 'zoe', 'Ärger', '', 'o''Hara', '日本', 'a"b', 'A'])[n % 8 + 1],
    case when n % 3 > 0 then md5((n % 19)::text) end, (array['sad', 'ok', 'happy']::mood[])[n % 3 + 1], md5((n % 23)::text)::uuid, n % 2 = 0,
    case when n % 6 > 0 then (n % 10) / 3.0::float8 end
  from generate_series(1, 120) n;
  create view prisma_things as select id, rank, '2024-02-29 12:00:00+00'::timestamptz + (seen - '2024-02-29 12:00:00+00') * 1000 as seen,
    '2024-01-01 00:00:00+00'::timestamptz + (born - '2024-01-01 00:00:00+00') * 1000 as born, price, big, name, note,
    array_position(array['sad', 'ok', 'happy']::mood[], mood) as mood, code::text as code, done, score from things;
`

type Part = readonly [column: keyof typeof things.$inferSelect, direction: 'asc' | 'desc', nulls?: 'first' | 'last']

const ORDERS: readonly (readonly Part[])[] = [
  [['id', 'asc']],
  [['born', 'desc'], ['id', 'desc']],
  [['rank', 'asc'], ['id', 'asc']],
  [['rank', 'desc', 'last'], ['name', 'asc']],
  [['seen', 'asc', 'first'], ['born', 'desc']],
  [['price', 'desc'], ['seen', 'asc'], ['big', 'desc']],
  [['name', 'asc'], ['big', 'asc'], ['code', 'asc']],
  [['mood', 'desc'], ['rank', 'asc', 'first'], ['price', 'desc', 'last']],
  [['done', 'asc'], ['code', 'desc']],
  [['note', 'desc', 'last'], ['score', 'asc', 'first'], ['done', 'desc']],
] // oxfmt-ignore

const NOT_NULL = ['born', 'big', 'name', 'mood', 'code', 'done']
const Pages = CursorPage.with({ keys: ['a secret of the test'], size: { default: 7 } })

interface Row {
  readonly id: number
}

type Make = (db: TestDatabase, order: readonly Part[]) => PaginationSource<Row>

function drizzleOrder([column, direction, nulls]: Part): SQL {
  const ordered = direction === 'asc' ? asc(things[column]) : desc(things[column])
  return nulls === undefined ? ordered : drizzleSQL`${ordered} nulls ${drizzleSQL.raw(nulls)}`
}

const BUILDERS: Readonly<Record<string, Make>> = {
  Drizzle: (db, order) => {
    const database = db.drizzle()
    return fromDrizzle(
      database,
      database
        .select()
        .from(things)
        .orderBy(...order.map(drizzleOrder)),
    )
  },
  'relational Drizzle': (db, order) => {
    const database = db.drizzle({ things })
    return fromDrizzle(database, database.query.things.findMany({ orderBy: order.map(drizzleOrder) }))
  },
  Kysely: (db, order) => {
    const database: Kysely<{ things: Row }> = db.kysely()
    const query = order.reduce(
      (built, [column, direction, nulls]) =>
        built.orderBy(kyselySQL.ref(column), (ob) => {
          const way = direction === 'asc' ? ob.asc() : ob.desc()
          return nulls === undefined ? way : nulls === 'first' ? way.nullsFirst() : way.nullsLast()
        }),
      database.selectFrom('things').selectAll(),
    )
    return fromKysely(database, query, { key: ['id'], notNull: NOT_NULL })
  },
  SQL: (db, order) => {
    const [first, ...rest] = order.map(([column, direction, nulls]): SQLOrder => ({ column, direction, ...(nulls && { nulls }) }))
    return fromSQL(db.sql, sql<Row>`select * from things where id > ${0}`, { orderBy: [first!, ...rest], key: ['id'], notNull: NOT_NULL })
  },
  'a stand-in for Prisma': (db, order) => {
    const orderBy = order.map(([column, sort, nulls = sort === 'asc' ? 'last' : 'first']) => ({
      [column]: PRISMA_THINGS[column]!.endsWith('?') ? { sort, nulls } : sort,
    }))
    return fromPrisma(prismaModel<Row>(db, 'prisma_things', PRISMA_THINGS), { orderBy }, { key: ['id'], notNull: NOT_NULL as never })
  },
}

/** A view for Prisma, whose dates have milliseconds, and which does not compare enums: it has microseconds as milliseconds, and the position of a mood. */
const PRISMA_THINGS: Model = {
  id: 'Int', rank: 'Int?', seen: 'DateTime?', born: 'DateTime', price: 'Decimal?', big: 'BigInt', name: 'String', note: 'String?', mood: 'Int', code: 'String', done: 'Boolean', score: 'Float?',
} // oxfmt-ignore

async function sorted(db: TestDatabase, order: readonly Part[]): Promise<readonly number[]> {
  const all: readonly Part[] = [...order, ['id', order.at(-1)![1]]]
  const text = all.map(([column, direction, nulls]) => `${column} ${direction}${nulls ? ` nulls ${nulls}` : ''}`).join(', ')
  return (await db.run(`select id from things order by ${text}`)).map(({ id }) => id as number)
}

/** The rows of all pages from the first to the last, then back. */
async function walk(source: PaginationSource<Row>): Promise<{ forward: number[][]; backward: number[][] }> {
  const forward: number[][] = []
  const backward: number[][] = []
  let page = await Pages.paginate(source, { cursor: undefined, size: 7 })
  forward.push(page.items.map(({ id }) => id))
  while (page.next !== null) {
    page = await Pages.paginate(source, { cursor: page.next, size: 7 })
    forward.push(page.items.map(({ id }) => id))
  }
  while (page.previous !== null) {
    page = await Pages.paginate(source, { cursor: page.previous, size: 7 })
    backward.unshift(page.items.map(({ id }) => id))
  }
  return { forward, backward }
}

onDatabases(
  'orders',
  (open) => {
    for (const order of ORDERS) {
      const name = order.map((part) => part.join(' ')).join(', ')
      for (const [builder, make] of Object.entries(BUILDERS)) {
        test(`${name}: ${builder}`, async () => {
          const db = open()
          const expected = await sorted(db, order)
          const { forward, backward } = await walk(make(db, order))
          assert.deepEqual(forward.flat(), expected)
          assert.deepEqual(
            forward.map(({ length }) => length),
            [...Array<number>(17).fill(7), 1],
          )
          assert.deepEqual(backward.flat(), expected.slice(0, -1))
        })
      }
    }
  },
  async (db) => {
    for (const statement of CREATE.split(';').filter((each) => each.trim() !== '')) await db.run(statement)
  },
)
