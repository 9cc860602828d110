/** Fan-out by hand: Redis pub/sub and `node:http`. What a client misses while it is away is lost. */
import { createServer, type ServerResponse } from 'node:http'
import { Redis } from 'ioredis'

const clients = new Set<ServerResponse>()
const redis = new Redis(process.env['BENCH_REDIS']!)
await redis.subscribe(process.env['BENCH_PREFIX']!)
redis.on('message', (_, text: string) => {
  const event = `data: ${text}\n\n`
  for (const client of clients) client.write(event)
})

createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  response.write(':\n\n')
  clients.add(response)
  request.once('close', () => clients.delete(response))
}).listen(Number(process.env['PORT']), '127.0.0.1')
