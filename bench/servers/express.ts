/** Express with zod by hand. */
import express from 'express'
import { z } from 'zod'
import { findUser, pageOf, port, TEXT } from './data.ts'
import { User, UserCreate, UserPage } from './models.ts'

const user = z.compile(User)
const page = z.compile(UserPage)
const create = z.compile(UserCreate)

const app = express()
app.disable('x-powered-by')
app.get('/users/:id', (request, response) => {
  const found = findUser(Number(request.params.id))
  if (found === undefined) response.status(404).json({ detail: 'User not found' })
  else response.json(user.parse(found))
})
app.get('/users', (request, response) => {
  const { page: number = 1, size = 20 } = request.query
  response.json(page.parse(pageOf(Number(number), Number(size))))
})
app.post('/users', express.json(), (request, response) => {
  if (create.safeParse(request.body).success) response.status(201).json({ id: 4_501, message: 'User created' })
  else response.status(422).json({ detail: 'Unprocessable Content' })
})
app.delete('/users/:id', (_request, response) => {
  response.status(204).end()
})
app.get('/new-path', (_request, response) => {
  response.type('text/plain').send(TEXT)
})
app.use((_request, response) => {
  response.status(404).json({ detail: 'Not Found' })
})
app.listen(port, '127.0.0.1')
