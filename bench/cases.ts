/** What whole servers are asked, in the order of the tables. */

export interface Case {
  readonly name: string
  readonly request: string
  readonly status: number
  /** Is this the answer that was asked for? */
  readonly isRight: (body: string) => boolean
}

const has =
  (...keys: string[]) =>
  (value: object) =>
    keys.every((key) => key in value)
const isUser = (value: object) => has('id', 'email', 'name', 'created_at')(value) && !('password_hash' in value)
const isPage = (size: number) => (body: string) => {
  const { items } = JSON.parse(body) as { items: object[] }
  return items.length === size && items.every(isUser)
}
const get = (target: string) => `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`
const NEW_USER = JSON.stringify({ email: 'new@example.com', name: 'New User' })
const POST = `POST /users HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${NEW_USER.length}\r\n\r\n${NEW_USER}`

export const CASES: readonly Case[] = [
  { name: 'user', request: get('/users/7'), status: 200, isRight: (body) => isUser(JSON.parse(body) as object) },
  { name: 'page20', request: get('/users?page=3&size=20'), status: 200, isRight: isPage(20) },
  { name: 'page100', request: get('/users?page=3&size=100'), status: 200, isRight: isPage(100) },
  { name: 'create', request: POST, status: 201, isRight: (body) => body.includes('User created') },
  { name: 'text', request: get('/new-path'), status: 200, isRight: (body) => body.includes('You are on the new path') },
  { name: '204', request: 'DELETE /users/7 HTTP/1.1\r\nHost: localhost\r\n\r\n', status: 204, isRight: (body) => body === '' },
  { name: '404', request: get('/nope'), status: 404, isRight: (body) => body !== '' },
]
