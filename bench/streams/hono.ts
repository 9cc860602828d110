/** Files and events by Hono. */
import { createReadStream, statSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'

const folder = process.env['BENCH_FILES']!
const app = new Hono()
app.get('/file/:name', (c) => {
  const path = join(folder, c.req.param('name'))
  c.header('content-type', 'application/octet-stream')
  c.header('content-length', String(statSync(path).size))
  return c.body(Readable.toWeb(createReadStream(path)) as ReadableStream)
})
app.get('/events', (c) =>
  streamSSE(c, async (stream) => {
    const count = Number(c.req.query('count'))
    for (let n = 0; n < count; n++) {
      await new Promise((resolve) => setImmediate(resolve))
      await stream.writeSSE({ data: JSON.stringify({ n }) })
    }
  }),
)
app.get('/idle', (c) => streamSSE(c, (stream) => new Promise((resolve) => stream.onAbort(() => resolve()))))
serve({ fetch: app.fetch, port: Number(process.env['PORT']), hostname: '127.0.0.1' })
