/** Files and events by hand on `node:http`. */
import { createReadStream, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'

const folder = process.env['BENCH_FILES']!

createServer(async (request, response) => {
  const url = new URL(request.url!, 'http://localhost')
  if (url.pathname.startsWith('/file/')) {
    const path = join(folder, url.pathname.slice('/file/'.length))
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': statSync(path).size })
    createReadStream(path).pipe(response)
    return
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  response.flushHeaders()
  if (url.pathname === '/idle') return
  const count = Number(url.searchParams.get('count'))
  for (let n = 0; n < count; n++) {
    await new Promise((resolve) => setImmediate(resolve))
    if (!response.write(`data: ${JSON.stringify({ n })}\n\n`)) await new Promise((resolve) => response.once('drain', resolve))
  }
  response.end()
}).listen(Number(process.env['PORT']), '127.0.0.1')
