/** oRPC with zod outputs, through its OpenAPI handler on `node:http`. */
import { createServer } from 'node:http'
import { OpenAPIHandler } from '@orpc/openapi/node'
import { ORPCError, os } from '@orpc/server'
import { z } from 'zod'
import { findUser, pageOf, port, TEXT } from './data.ts'
import { Created, User, UserCreate, UserPage } from './models.ts'

const router = {
  get: os
    .route({ method: 'GET', path: '/users/{id}' })
    .input(z.object({ id: z.coerce.number().int() }))
    .output(User)
    .handler(({ input }) => {
      const found = findUser(input.id)
      if (found === undefined) throw new ORPCError('NOT_FOUND')
      return found
    }),
  list: os
    .route({ method: 'GET', path: '/users' })
    .input(z.object({ page: z.coerce.number().int().default(1), size: z.coerce.number().int().default(20) }))
    .output(UserPage)
    .handler(({ input }) => pageOf(input.page, input.size)),
  create: os
    .route({ method: 'POST', path: '/users', successStatus: 201 })
    .input(UserCreate)
    .output(Created)
    .handler(() => ({ id: 4_501, message: 'User created' })),
  remove: os.route({ method: 'DELETE', path: '/users/{id}', successStatus: 204 }).handler(() => undefined),
  text: os.route({ method: 'GET', path: '/new-path' }).handler(() => TEXT),
}
const handler = new OpenAPIHandler(router)

createServer(async (request, response) => {
  const { matched } = await handler.handle(request, response)
  if (matched) return
  response.writeHead(404, { 'content-type': 'application/json' })
  response.end('{"detail":"Not Found"}')
}).listen(port, '127.0.0.1')
