/** Files and events by Fastify. */
import { createReadStream, statSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import Fastify from 'fastify'

const folder = process.env['BENCH_FILES']!
const app = Fastify()

async function* events(count: number) {
  for (let n = 0; n < count; n++) {
    await new Promise((resolve) => setImmediate(resolve))
    yield `data: ${JSON.stringify({ n })}\n\n`
  }
}

app.get<{ Params: { name: string } }>('/file/:name', (request, reply) => {
  const path = join(folder, request.params.name)
  void reply.type('application/octet-stream').header('content-length', statSync(path).size).send(createReadStream(path))
})
app.get<{ Querystring: { count: string } }>('/events', (request, reply) => {
  void reply.type('text/event-stream').send(Readable.from(events(Number(request.query.count))))
})
app.get('/idle', (_request, reply) => {
  reply.raw.writeHead(200, { 'content-type': 'text/event-stream' })
  reply.raw.flushHeaders()
  reply.hijack()
})
await app.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' })
