/** Dependencies are typed by inference: what they give, what they take, what they use. */
import { z } from 'zod'
import { createApp, createRouter, defineError, dependency, get } from '../../src/index.ts'
import { same } from './equal.ts'
import { row, User, type UserRow } from './models.ts'

const constant = dependency(() => 7)
const later = dependency(async () => 'text')
const session = dependency(async function* () {
  yield { find: (_id: number): UserRow | undefined => row }
})
const opened = dependency({ scope: 'response' }, function* () {
  yield true
})
const described = dependency({}, function* (): Generator<'text', void, void> {
  yield 'text'
})
const learned = dependency({ responses: { 304: {} } }, async function* ({ method, reply }) {
  const { status } = yield method === 'GET' ? reply(304) : method
  same<typeof status, number>(true)
})
const choice = dependency((): 'a' | 'b' => 'a')
const unknown = dependency((): unknown => 7)
const user = dependency(
  { dependencies: { session }, query: { as: z.int().default(1) }, cookies: { session_id: z.string() } },
  ({ session: db, query, cookies }) => {
    same<typeof query, { as: number }>(true)
    same<typeof cookies, { session_id: string }>(true)
    return db.find(query.as)
  },
)

const all = { constant, later, session, opened, described, learned, choice, unknown, user }

get('/', { dependencies: all, responses: { 200: User } }, (context) => {
  same<typeof context.constant, number>(true)
  same<typeof context.later, string>(true)
  same<typeof context.opened, boolean>(true)
  same<typeof context.described, 'text'>(true)
  same<typeof context.learned, string>(true)
  same<typeof context.choice, 'a' | 'b'>(true)
  same<typeof context.unknown, unknown>(true)
  same<typeof context.user, UserRow | undefined>(true)
  return context.session.find(1) ?? row
})

const router = createRouter({ prefix: '/admin', dependencies: { user } })
router.get('/{id}', { params: { id: z.int() }, dependencies: { later }, responses: { 200: User } }, (context) => {
  same<typeof context.user, UserRow | undefined>(true)
  same<typeof context.later, string>(true)
  same<typeof context.params, { id: number }>(true)
  return row
})

createApp().add({ router, deep: { route: get('/x', { responses: { 200: User } }, () => row) } })

const Gone = defineError('GONE', { status: 410, detail: 'Gone' })
const cached = dependency({ responses: { 304: {}, 503: z.object({ retry: z.boolean() }) } }, ({ reply }) =>
  Math.random() > 0.5 ? reply(304) : 'value',
)
const parent = createApp({ dependencies: { cached }, errors: [Gone], responses: { 202: z.object({ queued: z.boolean() }) } })
const child = parent.router({ prefix: '/orgs/{org}', dependencies: { later } })
child.get('/{id}', { params: { id: z.int() }, responses: { 200: User } }, (context) => {
  same<typeof context.cached, 'value'>(true)
  same<typeof context.later, string>(true)
  same<typeof context.params.org, string>(true)
  same<typeof context.params.id, number>(true)
  if (context.params.id === 1) throw context.fail(Gone)
  if (context.params.id === 2) return context.reply(202, { queued: true })
  return row
})
// @ts-expect-error -- a response that the dependency does not declare
dependency({ responses: { 304: {} } }, ({ reply }) => reply(204))
