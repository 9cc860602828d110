/** Bytes prepared beforehand: what no framework that makes its answers can reach. */
import { createServer } from 'node:http'
import { findUser, pageOf, port, publicUser, TEXT } from './data.ts'

const prepared = new Map<string, string | Buffer>()
const put = (target: string, value: unknown) => {
  const text = JSON.stringify(value)
  prepared.set(target, text.length > 4_096 ? Buffer.from(text) : text)
}
put('GET /users/7', publicUser(findUser(7)!))
for (const size of [20, 100]) put(`GET /users?page=3&size=${size}`, { ...pageOf(3, size), items: pageOf(3, size).items.map(publicUser) })
put('POST /users', { id: 4_501, message: 'User created' })
put('GET /nope', { detail: 'Not Found' })
prepared.set('GET /new-path', TEXT)

createServer((request, response) => {
  const answer = (): void => {
    const body = prepared.get(`${request.method} ${request.url}`)
    const status = body === undefined ? 204 : request.method === 'POST' ? 201 : request.url === '/nope' ? 404 : 200
    if (body === undefined) response.writeHead(204)
    else response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length })
    response.end(body)
  }
  if (request.method !== 'POST') return answer()
  request.resume()
  request.on('end', answer)
}).listen(port, '127.0.0.1')
