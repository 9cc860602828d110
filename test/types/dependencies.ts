/** Dependencies are typed by inference: what they give, what they take, what they use. */
import { z } from 'zod'
import { createApp, createRouter, dependency, get } from '../../src/index.ts'
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
const user = dependency(
  { dependencies: { session }, query: { as: z.int().default(1) }, cookies: { session_id: z.string() } },
  ({ session: db, query, cookies }) => {
    same<typeof query, { as: number }>(true)
    same<typeof cookies, { session_id: string }>(true)
    return db.find(query.as)
  },
)

get('/', { dependencies: { constant, later, session, opened, user }, responses: { 200: User } }, (context) => {
  same<typeof context.constant, number>(true)
  same<typeof context.later, string>(true)
  same<typeof context.opened, boolean>(true)
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
