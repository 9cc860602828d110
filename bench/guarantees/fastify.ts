/** Fastify with response schemas and `@fastify/swagger`. */
import swagger from '@fastify/swagger'
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import { endless, failing, port, producer, row } from './shared.ts'

const User = { type: 'object', properties: { id: { type: 'integer' }, email: { type: 'string' } }, required: ['id', 'email'] } as const
const Problem = { type: 'object', properties: { detail: { type: 'string' } }, required: ['detail'] } as const
const ok = { response: { 200: User } }

const app = Fastify()
await app.register(swagger, { openapi: { openapi: '3.1.0', info: { title: 'Users', version: '1.0.0' } } })
app.get('/row', { schema: ok }, async () => row)
app.get('/broken', { schema: ok }, async () => ({ ...row, id: 'SECRET' }))
app.get('/undeclared', { schema: ok }, async (_request, reply: FastifyReply) => reply.code(418).send({ secret: 'SECRET' }))
app.get('/missing', { schema: { response: { 200: User, 404: Problem } } }, async (_request, reply: FastifyReply) =>
  reply.code(404).send({ detail: 'User not found', secret: 'SECRET' }),
)
app.get('/throws', { schema: ok }, async () => {
  throw new Error('SECRET')
})
const params = { type: 'object', properties: { user_id: { type: 'integer' } }, required: ['user_id'] }
app.get('/users/:user_id', { schema: { ...ok, params } }, async () => row)
const onRequest = async (request: FastifyRequest, reply: FastifyReply) => {
  if (request.headers.authorization === undefined) return reply.code(401).send({ detail: 'Sign in first' })
}
app.post('/guarded', { schema: { ...ok, body: User }, onRequest }, async (request) => request.body)
app.get('/failing', async (_request, reply) => reply.type('text/plain').send(Readable.from(failing())))
app.get('/endless', async (_request, reply) => reply.type('text/plain').send(Readable.from(endless())))
app.get('/producer', async () => producer)
app.get('/openapi.json', async () => app.swagger())
await app.listen({ port, host: '127.0.0.1' })
