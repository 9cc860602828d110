/** Hono with zod: inputs are parsed, answers are parsed by hand with a compiled model, so that nothing undeclared leaves. */
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { z } from 'zod'
import { findUser, pageOf, port, TEXT } from './data.ts'
import { User, UserCreate, UserPage } from './models.ts'

const user = z.compile(User)
const page = z.compile(UserPage)
const create = z.compile(UserCreate)
const query = z.object({ page: z.coerce.number().int().min(1).default(1), size: z.coerce.number().int().min(1).max(100).default(20) })

const app = new Hono()
app.get('/users/:id', (c) => {
  const found = findUser(z.coerce.number().int().parse(c.req.param('id')))
  return found === undefined ? c.json({ detail: 'User not found' }, 404) : c.json(user.parse(found))
})
app.get('/users', (c) => {
  const input = query.parse(c.req.query())
  return c.json(page.parse(pageOf(input.page, input.size)))
})
app.post('/users', async (c) => {
  const body = create.safeParse(await c.req.json())
  return body.success ? c.json({ id: 4_501, message: 'User created' }, 201) : c.json({ detail: 'Unprocessable Content' }, 422)
})
app.delete('/users/:id', (c) => c.body(null, 204))
app.get('/new-path', (c) => c.text(TEXT))
app.notFound((c) => c.json({ detail: 'Not Found' }, 404))
serve({ fetch: app.fetch, port, hostname: '127.0.0.1' })
