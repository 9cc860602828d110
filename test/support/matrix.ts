/** Runs a behaviour test twice: in memory, and over a real connection. */
import { request as requestOverHTTP, type IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { describe, test } from 'node:test'
import { fromRequest, toResponse } from '../../src/fetch.ts'
import type { ServedApp } from '../../src/node/index.ts'
import { listen } from './listen.ts'

/** As `app.request`: nothing is followed, decoded or added. */
export type SendRequest = (path: string, init?: RequestInit) => Promise<Response>

export function matrix(name: string, app: ServedApp, behaviour: (request: SendRequest) => Promise<void>): void {
  describe(name, () => {
    test('in memory', () => behaviour(inMemory(app)))
    test('over a connection', async () => {
      await using server = await listen(app)
      await behaviour(overConnection(server.port))
    })
  })
}

function inMemory(app: ServedApp): SendRequest {
  return async (path, init) => {
    const incoming = fromRequest(new Request(new URL(path, 'http://localhost'), init))
    return toResponse(await app.handle(incoming), incoming)
  }
}

/** `fetch` would follow, decode and add fields of its own. */
function overConnection(port: number): SendRequest {
  return (path, init = {}) => {
    const { method, headers, signal, body } = new Request(new URL(path, `http://localhost:${port}`), init)
    return new Promise((resolve, reject) => {
      const request = requestOverHTTP({ port, host: '127.0.0.1', path, method, headers: Object.fromEntries(headers), signal, agent: false })
      request.once('response', (message) => resolve(toWHATWG(message, method)))
      request.once('error', reject)
      if (body === null) request.end()
      else Readable.fromWeb(body).pipe(request)
    })
  }
}

function toWHATWG(message: IncomingMessage, method: string): Response {
  const headers = new Headers()
  for (let i = 0; i < message.rawHeaders.length; i += 2) headers.append(message.rawHeaders[i]!, message.rawHeaders[i + 1]!)
  const status = message.statusCode!
  const isEmpty = method === 'HEAD' || status === 204 || status === 205 || status === 304
  if (isEmpty) message.resume()
  return new Response(isEmpty ? null : (Readable.toWeb(message) as ReadableStream<Uint8Array>), { status, headers })
}
