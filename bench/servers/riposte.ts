/** Riposte: everything is declared, validated, filtered and documented. */
import { createApp, empty, fastapi, HTTPError, text } from '../../src/index.ts'
import { serve } from '../../src/node/index.ts'
import { z } from 'zod'
import { findUser, pageOf, port, TEXT } from './data.ts'
import { Created, Failure, User, UserCreate, UserPage } from './models.ts'

const app = createApp({ errorBody: fastapi() })

app.get('/users/{user_id}', { params: { user_id: z.int() }, responses: { 200: User, 404: Failure } }, ({ params }) => {
  const user = findUser(params.user_id)
  if (user === undefined) throw new HTTPError(404, 'User not found')
  return user
})
app.get(
  '/users',
  {
    query: { page: z.int().min(1).default(1), size: z.int().min(1).max(100).default(20) },
    responses: { 200: UserPage },
  },
  ({ query }) => pageOf(query.page, query.size),
)
app.post('/users', { body: UserCreate, responses: { 201: Created } }, () => ({ id: 4_501, message: 'User created' }))
app.delete('/users/{user_id}', { params: { user_id: z.int() }, responses: { 204: empty() } }, () => undefined)
app.get('/new-path', { responses: { 200: text() } }, () => TEXT)

await serve(app, { port, host: '127.0.0.1' })
