/** `pagination()` declares parameters, errors, links and the document of a route. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { createApp, LimitOffsetPage, Page, paginate } from '../../src/index.ts'
import { CursorPage, pagination, selection, type QuerySource } from '../../src/pagination/index.ts'
import { findProblems } from '../openapi/validate.ts'
import { matrix } from '../support/matrix.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

const Item = z.object({ id: z.int() }).meta({ id: 'Item' })
const items = Array.from({ length: 45 }, (_, index) => ({ id: index + 1, secret: 'stays here' }))

/** The calls of the source, in order. */
const reached: unknown[] = []

function note<Value>(call: readonly unknown[], value: Value): Value {
  reached.push(call)
  return value
}

/** A query over the list, with ids as keys. */
function listQuery(order = 'id asc'): QuerySource<{ id: number }> {
  return {
    order,
    count: () => note(['count'], items.length),
    slice: (offset, limit) => note(['slice', offset, limit], items.slice(offset, offset + limit)),
    select: ({ orderBy, conditions }) => note(['select', orderBy, conditions], listQuery(JSON.stringify(orderBy))),
    async seek({ isBackward, key }, limit) {
      reached.push(['seek'])
      const edge = key === undefined ? (isBackward ? Infinity : 0) : Number(key[0])
      const beyond = isBackward ? items.toReversed().filter(({ id }) => id < edge) : items.filter(({ id }) => id > edge)
      return beyond.slice(0, limit).map((row) => ({ row, key: [String(row.id)] }))
    },
    sliceAndCount: async (offset, limit) => note(['window'], { items: items.slice(offset, offset + limit), total: items.length }),
    countUpTo: async (limit) => note(['countUpTo', limit], Math.min(limit, items.length)),
    estimate: async () => note(['estimate'], 40),
    async *rows() {
      yield* items
    },
  }
}

const keys = ['a secret of the test'] as const
const Feed = CursorPage.with({ keys })
const Counted = CursorPage.with({ keys, total: ['none', 'exact', 'capped', 'estimated'], cap: 10 })
const Template = LimitOffsetPage.with({
  name: 'List',
  fields: { data: 'items', count: 'total' },
  query: { skip: 'offset', limit: 'limit' },
  size: { default: 10, max: 1000 },
})
const OpenAI = CursorPage.with({
  name: 'OpenAIList',
  keys: 'unsigned',
  fields: { object: z.literal('list'), data: 'items', last_id: 'next', has_more: 'has_more' },
  query: { after: 'cursor', limit: 'size' },
})
const Linked = Page.with({ name: 'LinkedPage', fields: { items: 'items', total: 'total', links: 'links' } })
const Strict = Page.with({ strict: true })
const Capped = Page.with({ total: 'capped', cap: 10 })

const list = {
  sort: { id: 'id', created_at: { column: 'created', nulls: 'last' } },
  defaultSort: '-created_at',
  filter: {
    status: { column: 'status', model: z.enum(['open', 'closed']) },
    created_at: { column: 'created', model: z.date(), operators: ['gte', 'lt'] },
    id: { column: 'id', model: z.int(), operators: ['in'] },
  },
} as const

const logger = new RecordingLogger()
const app = createApp({ logger, title: 'Pages', version: '1.0.0' })
app.get('/page', { dependencies: { paginate: pagination(Page) }, responses: { 200: Page(Item) } }, ({ paginate: turn }) => turn(items))
app.get('/window', { dependencies: { paginate: pagination(Page.with({ total: 'window' })) }, responses: { 200: Page(Item) } }, ({ paginate: turn }) => turn(listQuery())) // oxfmt-ignore
app.get('/capped', { dependencies: { paginate: pagination(Capped) }, responses: { 200: Capped(Item) } }, ({ paginate: turn }) => turn(listQuery())) // oxfmt-ignore
app.get('/strict', { dependencies: { paginate: pagination(Strict) }, responses: { 200: Strict(Item) } }, ({ paginate: turn }) =>
  turn(items),
)
app.get('/offset', { dependencies: { paginate: pagination(LimitOffsetPage) }, responses: { 200: LimitOffsetPage(Item) } }, ({ paginate: turn }) => turn(items)) // oxfmt-ignore
app.get('/feed', { dependencies: { paginate: pagination(Feed) }, responses: { 200: Feed(Item) } }, ({ paginate: turn }) =>
  turn(listQuery()),
)
app.get('/mine', { query: { user: z.string() }, dependencies: { paginate: pagination(Feed) }, responses: { 200: Feed(Item) } }, ({ paginate: turn, query }) => turn(listQuery(), { subject: query.user })) // oxfmt-ignore
app.get('/counted', { dependencies: { paginate: pagination(Counted) }, responses: { 200: Counted(Item) } }, ({ paginate: turn }) => turn(listQuery())) // oxfmt-ignore
app.get('/template', { query: Template.query, responses: { 200: Template(Item) } }, ({ query }) => Template.paginate(items, query))
app.get('/openai', { dependencies: { paginate: pagination(OpenAI) }, responses: { 200: OpenAI(Item) } }, ({ paginate: turn }) => turn(listQuery(), { added: { object: 'list' } })) // oxfmt-ignore
app.get('/linked', { dependencies: { paginate: pagination(Linked, { baseURL: 'https://api.example.com/v1/' }) }, responses: { 200: Linked(Item) } }, ({ paginate: turn }) => turn(items)) // oxfmt-ignore
app.get('/chosen', { dependencies: { paginate: pagination(Feed, list) }, responses: { 200: Feed(Item) } }, ({ paginate: turn }) => turn(listQuery())) // oxfmt-ignore
app.get('/export', { dependencies: { select: selection(list) }, responses: { 200: z.array(Item) } }, async ({ select }) => {
  const rows: { id: number }[] = []
  for await (const row of select(listQuery()).rows()) rows.push(row)
  return rows.slice(0, 2)
})

type Answer = Record<string, unknown> & { items: { id: number }[]; next: string | null; previous: string | null }

matrix('a page by number has its fields and its links', app, async (request) => {
  const response = await request('/page?q=a%2Fb&page=2&size=20&tag=x')
  const { items: own, ...facts } = (await response.json()) as Answer
  assert.deepEqual(
    own.map(({ id }) => id),
    items.slice(20, 40).map(({ id }) => id),
  )
  assert.deepEqual(facts, { total: 45, page: 2, size: 20, pages: 3 })
  assert.equal(
    response.headers.get('link'),
    '<?q=a%2Fb&page=1&size=20&tag=x>; rel="first", <?q=a%2Fb&page=1&size=20&tag=x>; rel="prev", ' +
      '<?q=a%2Fb&page=3&size=20&tag=x>; rel="next", <?q=a%2Fb&page=3&size=20&tag=x>; rel="last", <?q=a%2Fb&page=2&size=20&tag=x>; rel="self"',
  )
})

matrix('links keep what was sent and cannot break out of their header', app, async (request) => {
  const link = (await request('/page?x="<>%22&p%61ge=1&+y=%E2%82%AC')).headers.get('link')!
  assert.match(link, /^<\?x=%22%3C%3E%22&page=1&\+y=%E2%82%AC>; rel="first"/)
})

matrix('a page past the end is empty, and leads back to the last one', app, async (request) => {
  const response = await request('/page?page=9')
  assert.deepEqual(await response.json(), { items: [], total: 45, page: 9, size: 20, pages: 3 })
  assert.match(response.headers.get('link')!, /<\?page=3>; rel="prev"/)
  assert.doesNotMatch(response.headers.get('link')!, /rel="next"/)
  assert.equal((await request('/strict?page=9')).status, 404)
  assert.equal((await request('/strict?page=3')).status, 200)
})

matrix('the page before offset 3 begins at 0', app, async (request) => {
  const response = await request('/offset?offset=3&limit=10')
  assert.deepEqual(((await response.json()) as Answer).items[0], { id: 4 })
  assert.match(response.headers.get('link')!, /<\?offset=0&limit=10>; rel="prev"/)
})

matrix('cursors lead forward and back', app, async (request) => {
  const first = (await (await request('/feed')).json()) as Answer
  assert.deepEqual([first.items.length, first.previous], [20, null])
  const second = (await (await request(`/feed?cursor=${first.next}`)).json()) as Answer
  const third = (await (await request(`/feed?cursor=${second.next}`)).json()) as Answer
  assert.deepEqual([third.items.map(({ id }) => id), third.next], [[41, 42, 43, 44, 45], null])
  const back = (await (await request(`/feed?cursor=${third.previous}`)).json()) as Answer
  assert.deepEqual(back, second)
  const start = (await (await request(`/feed?cursor=${second.previous}`)).json()) as Answer
  assert.deepEqual([start.items, start.previous, start.next], [first.items, null, first.next])
})

matrix('the last link of a cursor begins at the end', app, async (request) => {
  const link = (await request('/feed?size=2')).headers.get('link')!
  const last = /<(\?[^>]*)>; rel="last"/.exec(link)![1]!
  const page = (await (await request(`/feed${last}`)).json()) as Answer
  assert.deepEqual([page.items, page.next], [[{ id: 44 }, { id: 45 }], null])
})

matrix('a cursor is valid for one list, one order and one subject', app, async (request) => {
  const { next } = (await (await request('/mine?user=ada')).json()) as Answer
  assert.equal((await request(`/mine?user=ada&cursor=${next}`)).status, 200)
  const refused = await request(`/mine?user=bob&cursor=${next}`)
  assert.equal(refused.status, 400)
  const { request_id: _, ...told } = (await refused.json()) as Record<string, unknown>
  assert.deepEqual(told, { type: 'about:blank', status: 400, title: 'Bad Request', detail: 'The cursor is not valid here', code: 'INVALID_CURSOR' }) // oxfmt-ignore
  assert.equal((await request(`/feed?cursor=${next}`)).status, 400)
  const sorted = (await (await request('/chosen?sort=id')).json()) as Answer
  assert.equal((await request(`/chosen?sort=id&cursor=${sorted.next}`)).status, 200)
  assert.equal((await request(`/chosen?sort=-id&cursor=${sorted.next}`)).status, 400)
  assert.equal((await request(`/chosen?sort=id&filter[status]=open&cursor=${sorted.next}`)).status, 400)
})

describe('count modes', () => {
  test('capped', async () => {
    const page = (await (await app.request('/capped?page=2')).json()) as Answer & { has_more: boolean }
    assert.deepEqual({ ...page, items: 0 }, { items: 0, total: 10, total_capped: true, page: 2, size: 20, pages: 1, has_more: true })
    assert.equal(((await (await app.request('/capped?page=3')).json()) as Answer)['has_more'], false)
  })
  test('window', async () => {
    reached.length = 0
    assert.equal(((await (await app.request('/window')).json()) as Answer)['total'], 45)
    assert.deepEqual(reached, [['window']])
  })
  test('the client chooses a mode if the contract allows it', async () => {
    const ask = async (mode: string) => {
      const { items: _, next: __, previous: ___, ...facts } = (await (await app.request(`/counted?total=${mode}`)).json()) as Answer
      return facts
    }
    assert.deepEqual(await ask('exact'), { total: 45, total_capped: false, total_estimated: false })
    assert.deepEqual(await ask('none'), { total: null, total_capped: false, total_estimated: false })
    assert.deepEqual(await ask('capped'), { total: 10, total_capped: true, total_estimated: false })
    assert.deepEqual(await ask('estimated'), { total: 40, total_capped: false, total_estimated: true })
    assert.equal((await app.request('/counted?total=window')).status, 422)
  })
  test('an estimate is corrected by the rows of the page', async () => {
    const Estimated = Page.with({ total: 'estimated' })
    const at = async (page: number) => Estimated.paginate(listQuery(), { page, size: 20 })
    assert.deepEqual((await at(1)).total, 40)
    assert.deepEqual(await at(2).then(({ total, has_more }) => ({ total, has_more })), { total: 41, has_more: true })
    assert.deepEqual(await at(3).then(({ total, total_estimated }) => ({ total, total_estimated })), { total: 45, total_estimated: false })
  })
})

matrix('shapes of other APIs', app, async (request) => {
  assert.deepEqual(await (await request('/template?skip=44')).json(), { data: [{ id: 45 }], count: 45 })
  assert.equal(((await (await request('/template')).json()) as { data: unknown[] }).data.length, 10)
  assert.equal((await request('/template?limit=1000')).status, 200)
  assert.equal((await request('/template?limit=1001')).status, 422)
  const openAI = (await (await request('/openai?limit=1')).json()) as { last_id: string }
  assert.deepEqual({ ...openAI, last_id: '' }, { object: 'list', data: [{ id: 1 }], last_id: '', has_more: true })
  assert.deepEqual(((await (await request(`/openai?limit=1&after=${openAI.last_id}`)).json()) as { data: unknown }).data, [{ id: 2 }])
  assert.deepEqual(((await (await request('/linked?page=2&q=1')).json()) as { links: unknown }).links, {
    self: 'https://api.example.com/v1/linked?page=2&q=1',
    first: 'https://api.example.com/v1/linked?page=1&q=1',
    prev: 'https://api.example.com/v1/linked?page=1&q=1',
    next: 'https://api.example.com/v1/linked?page=3&q=1',
    last: 'https://api.example.com/v1/linked?page=3&q=1',
  })
})

matrix('sort and filter reach the source as columns', app, async (request) => {
  reached.length = 0
  await request(
    '/chosen?sort=id,-created_at,-id&filter[status]=open&filter[created_at][gte]=2024-01-02T03:04:05Z&filter[id][in]=1&filter[id][in]=2',
  )
  assert.deepEqual(reached[0], [
    'select',
    [
      { column: 'id', direction: 'asc' },
      { column: 'created', nulls: 'last', direction: 'desc' },
    ],
    [
      { column: 'status', operator: 'eq', value: 'open' },
      { column: 'created', operator: 'gte', value: new Date('2024-01-02T03:04:05Z') },
      { column: 'id', operator: 'in', value: [1, 2] },
    ],
  ])
  reached.length = 0
  await request('/chosen')
  assert.deepEqual(reached[0], ['select', [{ column: 'created', nulls: 'last', direction: 'desc' }], []])
  assert.deepEqual(await (await request('/export?sort=id')).json(), [{ id: 1 }, { id: 2 }])
})

const forged = Buffer.from(JSON.stringify([0, '1'])).toString('base64url')

matrix('a wrong sort or filter is told which fields there are', app, async (request) => {
  const messages = async (query: string) =>
    ((await (await request(`/chosen?${query}`)).json()) as { errors: { msg: string }[] }).errors.map(({ msg }) => msg)
  assert.deepEqual(await messages('sort=secret'), ['Input should list fields to sort by, separated by commas: id, created_at'])
  assert.deepEqual(await messages('filter[created_at]=2024-01-01'), ['Input should have its members in brackets: [gte], [lt]'])
})

matrix('bad input never reaches the source', app, async (request) => {
  const { next } = (await (await request('/feed')).json()) as Answer
  reached.length = 0
  const cases: Readonly<Record<string, readonly string[]>> = {
    422: [
      '/page?page=0', '/page?page=-1', '/page?size=0', '/page?size=101', '/page?page=1e3x', '/page?page=99999999999999999999', '/page?page=9007199254740991',
      '/offset?offset=-1', '/offset?limit=0', '/offset?offset=9007199254740993', '/offset?offset=9007199254740991', '/feed?cursor=', `/feed?cursor=${'x'.repeat(5000)}`,
      '/chosen?sort=secret', '/chosen?sort=id,', '/chosen?sort=', '/chosen?sort=--id', '/chosen?sort=id;drop', '/chosen?filter[secret]=1',
      '/chosen?filter=open', '/chosen?filter[status]=x', '/chosen?filter[status][gte]=open', '/chosen?filter[created_at]=2024-01-01', '/chosen?filter[created_at][ne]=2024-01-01',
      '/chosen?filter[created_at][gte]=x', '/chosen?filter[created_at][gte][x]=2024-01-01', '/chosen?filter[id][in]=x', '/chosen?sort=id&sort=id',
      '/chosen?filter[status=open', '/chosen?filter[status]x=open', '/chosen?filter[sta]tus=open', '/chosen?filter[=open', '/chosen?filter[status]]=open',
      '/chosen?filter[[status]]=open', '/chosen?filter[status]=open&filter[id][in=1', '/chosen?filter[id]x[in]=1', '/chosen?filter[i]d[in]=1',
    ],
    400: [
      '/feed?cursor=x', `/feed?cursor=${forged}`, `/feed?cursor=${next!.slice(0, -1)}`, `/feed?cursor=${next}A`, `/feed?cursor=u1${next!.slice(2)}`,
      `/feed?cursor=${next!.slice(0, 10)}${next![10] === 'A' ? 'B' : 'A'}${next!.slice(11)}`, `/openai?after=u1${forged}`, `/openai?after=${next}`,
    ],
  } // oxfmt-ignore
  for (const [status, paths] of Object.entries(cases)) {
    for (const path of paths) assert.equal((await request(path)).status, Number(status), path)
  }
  assert.deepEqual(
    reached.filter((call) => (call as unknown[])[0] !== 'select'),
    [],
  )
  assert.deepEqual(logger.takeMessages(), [])
})

test('the document lists parameters, errors, the Link header and a component for each shape', async () => {
  const document = await app.document()
  assert.deepEqual(await findProblems(document), [])
  const { paths, components } = document as unknown as {
    paths: Record<
      string,
      {
        get: {
          parameters: { name: string; style?: string; schema: Record<string, unknown> }[]
          responses: Record<string, { headers?: object }>
        }
      }
    >
    components: { schemas: Record<string, unknown> }
  }
  const chosen = paths['/chosen']!.get
  assert.deepEqual(chosen.parameters.map(({ name }) => name).toSorted(), ['cursor', 'filter', 'size', 'sort'])
  assert.equal(chosen.parameters.find(({ name }) => name === 'filter')!.style, 'deepObject')
  assert.deepEqual(
    Object.keys(chosen.responses).filter((status) => status < '500'),
    ['200', '400', '422'],
  )
  assert.ok('Link' in chosen.responses['200']!.headers!)
  assert.ok('404' in paths['/strict']!.get.responses)
  const names = [
    'ItemPage',
    'ItemCappedPage',
    'ItemLimitOffsetPage',
    'ItemCursorPage',
    'ItemList',
    'ItemOpenAIList',
    'ItemLinkedPage',
    'PageLinks',
  ]
  for (const name of names) assert.ok(name in components.schemas, name)
})

describe('a declaration that cannot work is refused', () => {
  const refused: Readonly<Record<string, () => unknown>> = {
    CURSOR_KEYS: () => pagination(CursorPage),
    'CURSOR_KEYS of a short secret': () => pagination(CursorPage.with({ keys: ['short'] })),
    PAGE_SHAPE: () => Page.with({ fields: { data: 'items' } }),
    'PAGE_SHAPE of a query': () => Page.with({ query: { page: 'page' } }),
    'PAGE_SHAPE of bounds': () => Page.with({ size: { default: 200 } }),
    PAGE_SORT: () => pagination(Page, { sort: { id: 'id' }, defaultSort: 'name' }),
  }
  for (const [name, declare] of Object.entries(refused)) test(name, () => assert.throws(declare, { code: name.split(' ')[0]! }))
  test('PAGE_SOURCE, at first use', async () => {
    await assert.rejects(Feed.paginate(items, { cursor: undefined, size: 20 }), { code: 'PAGE_SOURCE' })
  })
  test('PAGE_LINKS, at first use', async () => {
    await assert.rejects(Linked.paginate(items, { page: 1, size: 20 }), { code: 'PAGE_LINKS' })
  })
})

test('keys rotate: the first one signs, all are accepted', async () => {
  const rotated = CursorPage.with({ keys: ['a new secret of the test', ...keys] })
  const { next } = await Feed.paginate(listQuery(), { cursor: undefined, size: 20 })
  const page = await rotated.paginate(listQuery(), { cursor: next!, size: 20 })
  assert.equal(page.items[0]!.id, 21)
  await assert.rejects(Feed.paginate(listQuery(), { cursor: page.next!, size: 20 }), { code: 'INVALID_CURSOR' })
})

test('a position has one text: other texts that decode to the same bytes are refused', async () => {
  for (const size of [1, 9, 20]) {
    const { next } = await Feed.paginate(listQuery(), { cursor: undefined, size })
    const taken: string[] = []
    for (const end of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
      const cursor = next!.slice(0, -1) + end
      const page = await Feed.paginate(listQuery(), { cursor, size }).catch(() => undefined)
      if (page !== undefined) taken.push(cursor)
    }
    assert.deepEqual(taken, [next])
  }
})

test('an unsigned cursor is valid for one order too', async () => {
  const Unsigned = CursorPage.with({ keys: 'unsigned' })
  const { next } = await Unsigned.paginate(listQuery(), { cursor: undefined, size: 20 })
  assert.equal((await Unsigned.paginate(listQuery(), { cursor: next!, size: 20 })).items[0]!.id, 21)
  await assert.rejects(Unsigned.paginate(listQuery('id desc'), { cursor: next!, size: 20 }), { code: 'INVALID_CURSOR' })
})

test('a signed cursor hides its key, and equal positions have equal cursors', async () => {
  const [one, two] = await Promise.all([1, 2].map(() => Feed.paginate(listQuery(), { cursor: undefined, size: 17 })))
  assert.equal(one!.next, two!.next)
  assert.doesNotMatch(Buffer.from(one!.next!.slice(2), 'base64url').toString('latin1'), /17/)
})

test('paginate() without a dependency finds the shape by its query', async () => {
  assert.deepEqual(await paginate([1, 2, 3], { limit: 2, offset: 1 }), { items: [2, 3], total: 3, limit: 2, offset: 1 })
})
