/** However a client spells a path, a guard that reads it sees the path that is routed, on every server. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { createApp, defineError, defineMiddleware, text } from '../src/index.ts'
import { toNodeHandler } from '../src/node/index.ts'
import { listen } from './support/listen.ts'
import { RecordingLogger } from './support/recording-logger.ts'
import { Wire } from './support/wire.ts'

const Forbidden = defineError('FORBIDDEN', { status: 403, detail: 'Not for you' })
const readers = {
  'the URL of the request': ({ request }: { request: Request }) => new URL(request.url).pathname,
  'the path': ({ path }: { path: string }) => path,
}

const SPELLINGS = [
  '/admin/secret',
  '/%61dmin/secret',
  '/admin/%73ecret',
  '/%61%64%6D%69%6e/secret',
  '/public/../admin/secret',
  '/%2e/admin/secret',
  '/public/%2E%2e/%61dmin/secret',
  '/admin/./secret',
  '/public\\..\\admin\\secret',
]

for (const [name, read] of Object.entries(readers)) {
  const app = createApp({ logger: new RecordingLogger(), docsPath: false })
  app.use(
    defineMiddleware({ errors: [Forbidden] }, (context, next) => {
      if (read(context).startsWith('/admin')) throw context.fail(Forbidden)
      return next()
    }),
  )
  app.get('/admin/secret', { responses: { 200: text() } }, () => 'secret')

  test(`${name}: serve`, async () => {
    await using server = await listen(app)
    for (const path of SPELLINGS) assert.match(await answerOf(server.port, path), /^HTTP\/1\.1 403 /, path)
  })

  test(`${name}: toNodeHandler`, async () => {
    const server = createServer(toNodeHandler(app) as RequestListener).listen(0, '127.0.0.1')
    await once(server, 'listening')
    try {
      for (const path of SPELLINGS) assert.match(await answerOf((server.address() as AddressInfo).port, path), /^HTTP\/1\.1 403 /, path)
    } finally {
      server.close()
    }
  })

  test(`${name}: app.fetch`, async () => {
    for (const path of SPELLINGS) assert.equal((await app.fetch(new Request(`http://host${path}`))).status, 403, path)
  })
}

async function answerOf(port: number, path: string): Promise<string> {
  using wire = new Wire(port).send(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
  return await wire.whole()
}
