/** Fastify with response schemas: fields are filtered, values are not checked. */
import Fastify from 'fastify'
import { findUser, pageOf, port, TEXT } from './data.ts'

const User = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    email: { type: 'string' },
    name: { type: 'string' },
    created_at: { type: 'string', format: 'date-time' },
  },
  required: ['id', 'email', 'name', 'created_at'],
} as const
const integer = { type: 'integer' } as const
const UserPage = {
  type: 'object',
  properties: { items: { type: 'array', items: User }, total: integer, page: integer, size: integer, pages: integer },
} as const
const params = { type: 'object', properties: { id: integer }, required: ['id'] } as const

const app = Fastify()
app.get<{ Params: { id: number } }>('/users/:id', { schema: { params, response: { 200: User } } }, async (request, reply) => {
  const user = findUser(request.params.id)
  if (user === undefined) return reply.code(404).send({ detail: 'User not found' } as never)
  return user
})
app.get<{ Querystring: { page: number; size: number } }>(
  '/users',
  {
    schema: {
      querystring: {
        type: 'object',
        properties: { page: { ...integer, minimum: 1, default: 1 }, size: { ...integer, minimum: 1, maximum: 100, default: 20 } },
      },
      response: { 200: UserPage },
    },
  },
  async (request) => pageOf(request.query.page, request.query.size),
)
app.post(
  '/users',
  {
    schema: {
      body: {
        type: 'object',
        properties: { email: { type: 'string', format: 'email' }, name: { type: 'string', minLength: 1, maxLength: 100 } },
        required: ['email', 'name'],
      },
      response: { 201: { type: 'object', properties: { id: integer, message: { type: 'string' } } } },
    },
  },
  async (_request, reply) => reply.code(201).send({ id: 4_501, message: 'User created' }),
)
app.delete('/users/:id', { schema: { params } }, async (_request, reply) => reply.code(204).send())
app.get('/new-path', async (_request, reply) => reply.type('text/plain; charset=utf-8').send(TEXT))
await app.listen({ port, host: '127.0.0.1' })
