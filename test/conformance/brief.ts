/** FastAPI's response patterns, route for route. */
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import {
  defineCookie,
  del,
  empty,
  file,
  get,
  html,
  HTTPError,
  Page,
  PageQuery,
  paginate,
  post,
  redirect,
  sse,
  stream,
  text,
} from '../../src/index.ts'
import { downloads, openLargeFile } from './files.ts'
import { anyText, detail, EmailSchema, errorResponse, maybe } from './schemas.ts'
import { createUser as create, deleteUser as remove, findUser, isTaken, listUsers as all, outbox, type Mail } from './store.ts'

const UserResponse = z.object({ id: z.int(), email: z.string(), name: z.string(), created_at: z.date() }).meta({ id: 'UserResponse' })

const UserCreate = z
  .object({ email: z.email(), name: z.string().min(1).max(100), password: maybe(z.string()) })
  .meta({ id: 'UserCreate', nul: true })

const user_id = z.int()

export const getUser = get(
  '/users/{user_id}',
  {
    params: { user_id },
    responses: {
      200: UserResponse,
      404: { body: errorResponse, headers: { 'X-Error-Code': z.string() }, description: 'User not found' },
      500: { body: errorResponse, description: 'Internal server error' },
    },
  },
  ({ params }) => {
    const user = findUser(params.user_id)
    if (user === undefined) throw new HTTPError(404, 'User not found', { headers: { 'X-Error-Code': 'USER_NOT_FOUND' } })
    return user
  },
)

export const listUsers = get('/users', { query: PageQuery, responses: { 200: Page(UserResponse) } }, ({ query }) => paginate(all(), query))

export const createUser = post(
  '/users',
  {
    body: UserCreate,
    responses: {
      201: {
        body: z.object({ id: z.int(), message: z.string() }),
        headers: { 'X-Custom-Header': z.string(), Location: z.string() },
        description: 'User created',
      },
      409: { body: errorResponse, description: 'Email already registered' },
    },
  },
  ({ body: { email, name, password }, reply }) => {
    if (isTaken(email)) throw new HTTPError(409, 'Email already registered')
    const { id } = create(email, name, password)
    return reply(201, { id, message: 'User created' }, { headers: { 'X-Custom-Header': 'value', Location: `/users/${id}` } })
  },
)

export const deleteUser = del('/users/{user_id}', { params: { user_id }, responses: { 204: empty(), 404: detail } }, ({ params }) => {
  if (!remove(params.user_id)) throw new HTTPError(404, 'User not found')
})

export const page = get('/page', { responses: { 200: html() } }, () => '<html><body><h1>Hello</h1></body></html>')

export const oldPath = get('/old-path', { responses: { 301: redirect() } }, () => '/new-path')

export const newPath = get('/new-path', { responses: { 200: text() } }, () => 'You are on the new path')

export const download = get(
  '/download/{filename}',
  {
    params: { filename: anyText },
    responses: { 200: file({ root: downloads, mediaType: 'application/octet-stream', disposition: 'attachment' }) },
  },
  ({ params }) => params.filename,
)

const EVENTS = 100
const EVENT_MS = 100

export const events = get('/stream', { responses: { 200: sse(z.int()) } }, async function* ({ event, signal }) {
  for (let n = 0; n < EVENTS; n++) {
    yield event.message(n)
    await pause(EVENT_MS, undefined, { signal })
  }
})

export const largeFile = get(
  '/large-file',
  { responses: { 200: { body: stream('text/csv'), headers: { 'Content-Disposition': z.string() } } } },
  ({ reply }) => reply(200, openLargeFile(), { headers: { 'Content-Disposition': 'attachment; filename="data.csv"' } }),
)

const Data = { body: z.object({ data: z.string() }), headers: { 'X-Custom-Header': z.string(), 'Cache-Control': z.string() } }

export const data = get('/data', { responses: { 200: Data } }, ({ response }) => {
  response.headers.set('X-Custom-Header', 'custom-value')
  response.headers.set('Cache-Control', 'max-age=3600')
  return { data: 'value' }
})

const session = defineCookie('session_id', { httpOnly: true, secure: true, sameSite: 'lax', maxAge: 3600 })

const Status = { body: z.object({ status: z.string() }), cookies: { session_id: session } }

export const login = post('/login', { responses: { 200: Status } }, ({ response }) => {
  response.cookies.set(session, 'abc123')
  return { status: 'logged_in' }
})

export const logout = post('/logout', { responses: { 200: Status } }, ({ response }) => {
  response.cookies.delete(session)
  return { status: 'logged_out' }
})

const DELIVERY_MS = 300

async function deliver(mail: Mail): Promise<void> {
  await pause(DELIVERY_MS)
  outbox.push(mail)
}

export const sendEmail = post(
  '/send-email',
  { body: EmailSchema, responses: { 200: z.object({ message: z.string() }) } },
  ({ body, background }) => {
    background.add(deliver, body)
    return { message: 'Email queued' }
  },
)
