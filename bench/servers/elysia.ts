/** Elysia with TypeBox models on its Node adapter. */
import { node } from '@elysiajs/node'
import { Elysia, t } from 'elysia'
import { findUser, pageOf, port, publicUser, TEXT } from './data.ts'

const User = t.Object({ id: t.Integer(), email: t.String(), name: t.String(), created_at: t.Any() })

new Elysia({ adapter: node() })
  .get('/users/:id', ({ params, status }) => findUser(params.id) ?? status(404, { detail: 'User not found' }), {
    params: t.Object({ id: t.Integer() }),
    response: { 200: User, 404: t.Object({ detail: t.String() }) },
  })
  .get('/users', ({ query }) => ({ ...pageOf(query.page, query.size), items: pageOf(query.page, query.size).items.map(publicUser) }), {
    query: t.Object({ page: t.Integer({ default: 1, minimum: 1 }), size: t.Integer({ default: 20, minimum: 1, maximum: 100 }) }),
    response: t.Object({ items: t.Array(User), total: t.Integer(), page: t.Integer(), size: t.Integer(), pages: t.Integer() }),
  })
  .post('/users', ({ status }) => status(201, { id: 4_501, message: 'User created' }), {
    body: t.Object({ email: t.String({ format: 'email' }), name: t.String({ minLength: 1, maxLength: 100 }) }),
    response: { 201: t.Object({ id: t.Integer(), message: t.String() }) },
  })
  .delete('/users/:id', ({ set }) => {
    set.status = 204
  })
  .get('/new-path', () => TEXT)
  .onError(({ code, status }) => (code === 'NOT_FOUND' ? status(404, { detail: 'Not Found' }) : undefined))
  .listen({ port, hostname: '127.0.0.1' })
