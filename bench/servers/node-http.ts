/** Written by hand on `node:http`: the measure of all others. Fields are picked by hand, nothing is checked. */
import { createServer, type ServerResponse } from 'node:http'
import { findUser, pageOf, port, publicUser, TEXT } from './data.ts'

function json(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

createServer((request, response) => {
  const [path = '', search = ''] = request.url!.split('?')
  if (request.method === 'GET' && path.startsWith('/users/')) {
    const user = findUser(Number(path.slice('/users/'.length)))
    if (user === undefined) json(response, 404, { detail: 'User not found' })
    else json(response, 200, publicUser(user))
  } else if (request.method === 'GET' && path === '/users') {
    const query = new URLSearchParams(search)
    const page = pageOf(Number(query.get('page') ?? 1), Number(query.get('size') ?? 20))
    json(response, 200, { ...page, items: page.items.map(publicUser) })
  } else if (request.method === 'POST' && path === '/users') {
    let text = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => (text += chunk))
    request.on('end', () => {
      const body = JSON.parse(text) as { email?: unknown; name?: unknown }
      if (typeof body.email !== 'string' || !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(body.email) || typeof body.name !== 'string')
        json(response, 422, { detail: 'Unprocessable Content' })
      else json(response, 201, { id: 4_501, message: 'User created' })
    })
  } else if (request.method === 'DELETE' && path.startsWith('/users/')) {
    response.writeHead(204)
    response.end()
  } else if (request.method === 'GET' && path === '/new-path') {
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'content-length': TEXT.length })
    response.end(TEXT)
  } else json(response, 404, { detail: 'Not Found' })
}).listen(port, '127.0.0.1')
