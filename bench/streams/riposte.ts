/** Files and events by Riposte. */
import { z } from 'zod'
import { createApp, file, sse } from '../../src/index.ts'
import { directory, serve } from '../../src/node/index.ts'

const app = createApp()
const root = directory(process.env['BENCH_FILES']!)
app.get('/file/{name}', { responses: { 200: file({ root, mediaType: 'application/octet-stream' }) } }, ({ params }) => params.name)
app.get('/events', { query: { count: z.int() }, responses: { 200: sse(z.object({ n: z.int() })) } }, async function* ({ query }) {
  for (let n = 0; n < query.count; n++) {
    await new Promise((resolve) => setImmediate(resolve))
    yield { n }
  }
})
app.get('/idle', { responses: { 200: sse(z.object({ n: z.int() })) } }, async function* ({ signal }) {
  await new Promise((resolve) => signal.addEventListener('abort', resolve))
})
await serve(app, { port: Number(process.env['PORT']) })
