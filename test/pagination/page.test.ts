/** The model of a page, and its parameters. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'
import { Page, PageQuery } from '../../src/pagination/page.ts'
import { createApp, fastapi } from '../../src/index.ts'
import { readModel } from '../../src/schema/read-model.ts'
import { matrix } from '../support/matrix.ts'
import { RecordingLogger } from '../support/recording-logger.ts'
import { fc } from '../support/fuzz.ts'

const User = z.object({ id: z.int() }).meta({ id: 'PageTestUser' })

test('the model of a page has the name of its item, and is made once for each item', () => {
  assert.equal(readModel(Page(User)).annotations?.id, 'PageTestUserPage')
  assert.equal(Page(User), Page(User))
  assert.equal(readModel(Page(z.object({}))).annotations, undefined)
  assert.notEqual(Page(z.object({})), Page(z.object({})))
})

test('law: `pages` is the number of pages that the items need', () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.integer({ min: 1, max: 1000 }), (total, size) => {
      const { pages } = Page.create([], total, 1, size)
      assert.ok(pages * size >= total && (pages - 1) * size < total)
    }),
  )
  assert.deepEqual(Page.create(['a'], 0, 1, 20), { items: ['a'], total: 0, page: 1, size: 20, pages: 0 })
})

test('a page has its own array of items', () => {
  const items = [1, 2]
  const page = Page.create(items, 2, 1, 20)
  page.items.push(3)
  assert.deepEqual(items, [1, 2])
})

const logger = new RecordingLogger()
const app = createApp({ errorBody: fastapi(), logger, openapiPath: false, docsPath: false })
app.get('/query', { query: { ...PageQuery, q: z.string().default('') }, responses: { 200: z.array(z.int()) } }, ({ query }) => [
  query.page,
  query.size,
])
app.get('/zod', { responses: { 200: Page(User) } }, () => Page.create([{ id: 1, secret: 'SECRET' }], 1, 1, 20))
app.get('/valibot', { responses: { 200: Page(v.object({ id: v.number() })) } }, () => Page.create([{ id: 1, secret: 'SECRET' }], 1, 1, 20))
app.get('/arktype', { responses: { 200: Page(type({ id: 'number' })) } }, () => Page.create([{ id: 1, secret: 'SECRET' }], 1, 1, 20))
app.get('/broken', { responses: { 200: Page(User) } }, () => Page.create([{ id: 1 }, { id: 'SECRET' } as never], 2, 1, 20))
app.get('/no-size', { responses: { 200: Page(User) } }, () => Page.create([], 2, 1, 0))

matrix('parameters have defaults and bounds', app, async (request) => {
  const asked = async (search: string) => (await request(`/query${search}`)).text()
  assert.equal(await asked(''), '[1,20]')
  assert.equal(await asked('?page=3&size=100'), '[3,100]')
  for (const search of [
    '?page=0',
    '?page=-1',
    '?page=1.5',
    '?page=x',
    '?page=',
    '?size=0',
    '?size=101',
    '?size=1e1',
    '?page=1&page=2',
    '?page=1e400',
  ]) {
    assert.equal((await request(`/query${search}`)).status, 422, search)
  }
})

matrix('items are filtered by their model, whatever library it comes from', app, async (request) => {
  for (const path of ['/zod', '/valibot', '/arktype']) {
    const response = await request(path)
    assert.deepEqual([response.status, await response.text()], [200, '{"items":[{"id":1}],"total":1,"page":1,"size":20,"pages":1}'], path)
  }
  assert.deepEqual(logger.takeMessages(), [])
})

matrix('an item that breaks its model, or a page that cannot be, is a breach', app, async (request) => {
  for (const path of ['/broken', '/no-size']) assert.equal((await request(path)).status, 500)
  const [item, size] = logger.takeMessages()
  assert.equal(item, 'RESPONSE_BREACH: GET /broken 200: items[1].id: expected integer, got string')
  assert.match(size!, /^RESPONSE_BREACH: GET \/no-size 200: (?:size|pages): /)
})
