/** h3 with zod by hand. */
import { H3, HTTPError, readBody, serve } from 'h3'
import { z } from 'zod'
import { findUser, pageOf, port, TEXT } from './data.ts'
import { User, UserCreate, UserPage } from './models.ts'

const user = z.compile(User)
const page = z.compile(UserPage)
const create = z.compile(UserCreate)

const app = new H3()
app.get('/users/:id', (event) => {
  const found = findUser(Number(event.context.params!['id']))
  if (found === undefined) throw new HTTPError({ status: 404, message: 'User not found' })
  return user.parse(found)
})
app.get('/users', (event) => {
  const query = event.url.searchParams
  return page.parse(pageOf(Number(query.get('page') ?? 1), Number(query.get('size') ?? 20)))
})
app.post('/users', async (event) => {
  if (!create.safeParse(await readBody(event)).success) throw new HTTPError({ status: 422 })
  event.res.status = 201
  return { id: 4_501, message: 'User created' }
})
app.delete('/users/:id', (event) => {
  event.res.status = 204
  return ''
})
app.get('/new-path', () => TEXT)
serve(app, { port, hostname: '127.0.0.1', silent: true })
