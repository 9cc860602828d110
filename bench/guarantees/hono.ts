/** Hono with `@hono/zod-openapi`: each route as `createRoute` and `c.json`. */
import { serve } from '@hono/node-server'
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { stream } from 'hono/streaming'
import { endless, failing, port, producer, row } from './shared.ts'

const User = z.object({ id: z.int(), email: z.string() }).openapi('User')
const Problem = z.object({ detail: z.string() }).openapi('Problem')
const ok = { 200: { content: { 'application/json': { schema: User } }, description: 'The user' } }
const missing = { ...ok, 404: { content: { 'application/json': { schema: Problem } }, description: 'Not found' } }

const app = new OpenAPIHono()
app.openapi(createRoute({ method: 'get', path: '/row', responses: ok }), (c) => c.json(row, 200))
app.openapi(createRoute({ method: 'get', path: '/broken', responses: ok }), (c) => c.json({ ...row, id: 'SECRET' } as never, 200))
app.openapi(createRoute({ method: 'get', path: '/undeclared', responses: ok }), (c) => c.json({ secret: 'SECRET' }, 418) as never)
app.openapi(createRoute({ method: 'get', path: '/missing', responses: missing }), (c) => {
  const problem = { detail: 'User not found', secret: 'SECRET' }
  return c.json(problem, 404)
})
app.openapi(createRoute({ method: 'get', path: '/throws', responses: ok }), () => {
  throw new Error('SECRET')
})
const params = z.object({ user_id: z.coerce.number<string>().int() })
app.openapi(createRoute({ method: 'get', path: '/users/{user_id}', request: { params }, responses: ok }), (c) => c.json(row, 200))
const body = { content: { 'application/json': { schema: User } }, required: true }
app.use('/guarded', async (c, next) => (c.req.header('authorization') === undefined ? c.json({ detail: 'Sign in first' }, 401) : next()))
app.openapi(createRoute({ method: 'post', path: '/guarded', request: { body }, responses: ok }), (c) => c.json(c.req.valid('json'), 200))
for (const [path, source] of [['/failing', failing] as const, ['/endless', endless] as const]) {
  app.get(path, (c) =>
    stream(c, async (writer) => {
      for await (const chunk of source()) await writer.write(chunk)
    }),
  )
}
app.get('/producer', (c) => c.json(producer))
app.doc31('/openapi.json', { openapi: '3.1.0', info: { title: 'Users', version: '1.0.0' } })
serve({ fetch: app.fetch, port, hostname: '127.0.0.1' })
