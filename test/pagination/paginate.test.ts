/** One page of a source: the right items, for each kind of source. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { paginate } from '../../src/pagination/page.ts'
import type { PageSource } from '../../src/pagination/source.ts'
import { fc } from '../support/fuzz.ts'
import { deferred } from '../support/deferred.ts'

/** A source that counts and slices, synchronously or not. */
function sourceOf<Item>(items: readonly Item[], isLate: boolean): PageSource<Item> {
  const give = <Value>(value: Value) => (isLate ? Promise.resolve(value) : value)
  return { count: () => give(items.length), slice: (offset, limit) => give(items.slice(offset, offset + limit)) }
}

test('law: all pages together have the items of the source, and a page past the end is empty', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(), { maxLength: 50 }),
      fc.integer({ min: 1, max: 20 }),
      fc.constantFrom('array', 'now', 'later'),
      async (items, size, kind) => {
        const source = kind === 'array' ? items : sourceOf(items, kind === 'later')
        const { pages } = await paginate(source, { page: 1, size })
        const all: number[] = []
        for (let page = 1; page <= pages; page++) {
          const one = await paginate(source, { page, size })
          assert.deepEqual({ ...one, items: [] }, { items: [], total: items.length, page, size, pages: Math.ceil(items.length / size) })
          assert.ok(one.items.length === size || page === pages)
          all.push(...one.items)
        }
        assert.deepEqual(all, items)
        assert.deepEqual((await paginate(source, { page: pages + 1, size })).items, [])
      },
    ),
  )
})

test('a source is counted and sliced at the same time', async () => {
  const counting = deferred()
  const slicing = deferred()
  const source: PageSource<string> = {
    async count() {
      counting.resolve()
      await slicing.promise
      return 1
    },
    async slice() {
      slicing.resolve()
      await counting.promise
      return ['a']
    },
  }
  assert.deepEqual(await paginate(source, { page: 1, size: 20 }), { items: ['a'], total: 1, page: 1, size: 20, pages: 1 })
})

test('an error of a source is thrown, once', async () => {
  const failing = { count: () => Promise.reject(new Error('no count')), slice: () => Promise.reject(new Error('no slice')) }
  await assert.rejects(paginate(failing, { page: 1, size: 20 }), { message: 'no count' })
  const throwing = {
    count: () => 1,
    slice() {
      throw new Error('at once')
    },
  }
  await assert.rejects(paginate(throwing, { page: 1, size: 20 }), { message: 'at once' })
})

test('the source gets the largest offset that a client may ask for unchanged', async () => {
  const asked: number[][] = []
  const source = {
    count: () => 0,
    slice(offset: number, limit: number) {
      asked.push([offset, limit])
      return []
    },
  }
  await paginate(source, { page: 1_000_000_000, size: 100 })
  assert.deepEqual(asked, [[99_999_999_900, 100]])
})
