/** Drizzle as a source of pages, on queries that behave as Drizzle's do: a limit changes the query itself. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromDrizzle } from '../../src/drizzle/index.ts'
import { paginate } from '../../src/index.ts'

const rows = Array.from({ length: 45 }, (_, index) => ({ id: index + 1 }))

class Query {
  #limit = Number.POSITIVE_INFINITY
  #offset = 0

  /** A subquery is written down when it is named. */
  as(alias: string): { alias: string; rows: number } {
    return { alias, rows: this.#rows().length }
  }

  limit(limit: number): this {
    this.#limit = limit
    return this
  }

  async offset(offset: number): Promise<{ id: number }[]> {
    this.#offset = offset
    return this.#rows()
  }

  #rows(): { id: number }[] {
    return rows.slice(this.#offset, this.#offset + this.#limit)
  }
}

const db = { $count: async (source: { rows: number }) => source.rows }

test('a page of a query, and the count of all that it would give', async () => {
  const page = await paginate(fromDrizzle(db, new Query()), { page: 3, size: 20 })
  assert.deepEqual(
    page.items.map(({ id }) => id),
    [41, 42, 43, 44, 45],
  )
  assert.deepEqual({ total: page.total, pages: page.pages }, { total: 45, pages: 3 })
})

test('the count is of the whole query, whichever is asked for first', async () => {
  const source = fromDrizzle(db, new Query())
  assert.equal((await source.slice(0, 2)).length, 2)
  assert.equal(await source.count(), 45)
})
