/** Riposte. */
import { createApp, defineError, dependency, stream } from '../../src/index.ts'
import { serve } from '../../src/node/index.ts'
import { z } from 'zod'
import { endless, failing, port, producer, row } from './shared.ts'

const User = z.object({ id: z.int(), email: z.string() }).meta({ id: 'User' })
const Failure = z.object({ detail: z.string() }).meta({ id: 'Failure' })
const Unauthorized = defineError('UNAUTHORIZED', { status: 401, detail: 'Sign in first' })
const session = dependency({ headers: { authorization: z.string().optional() }, errors: [Unauthorized] }, ({ headers, fail }) => {
  if (headers.authorization === undefined) throw fail(Unauthorized)
})

const app = createApp({ logger: { error() {}, warn() {}, info() {} } })
app.get('/row', { responses: { 200: User } }, () => row)
app.get('/broken', { responses: { 200: User } }, () => ({ ...row, id: 'SECRET' }) as never)
app.get('/undeclared', { responses: { 200: User } }, ({ reply }) => (reply as (...values: unknown[]) => never)(418, { secret: 'SECRET' }))
app.get('/missing', { responses: { 200: User, 404: Failure } }, ({ reply }) => {
  const problem = { detail: 'User not found', secret: 'SECRET' }
  return reply(404, problem)
})
app.get('/throws', { responses: { 200: User } }, () => {
  throw new Error('SECRET')
})
app.get('/users/{user_id}', { params: { user_id: z.int() }, responses: { 200: User } }, () => row)
app.post('/guarded', { dependencies: { session }, body: User, responses: { 200: User } }, ({ body }) => body)
app.get('/failing', { responses: { 200: stream('text/plain') } }, failing)
app.get('/endless', { responses: { 200: stream('text/plain') } }, endless)
app.get('/producer', { responses: { 200: z.object({ isOpen: z.boolean() }) } }, () => producer)
await serve(app, { port, host: '127.0.0.1' })
