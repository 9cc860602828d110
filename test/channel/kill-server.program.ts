/** A server with the messages of all channels of a store, for tests that kill it. It prints its port. */
import { Redis } from 'ioredis'
import pg from 'pg'
import { z } from 'zod'
import { channel } from '../../src/channel/index.ts'
import { createApp, sse } from '../../src/index.ts'
import { serve } from '../../src/node/index.ts'
import { postgresStore } from '../../src/postgres/index.ts'
import { redisStore } from '../../src/redis/index.ts'
import { heapAfterCollection } from '../support/heap.ts'

/** `name` is the prefix of the keys, or the schema. */
const [kind, url, name, capacity, givenPort = '0'] = process.argv.slice(2) as ['Redis' | 'PostgreSQL', string, string, string, string?]
const options = { capacity: Number(capacity) }
const store =
  kind === 'Redis'
    ? redisStore(new Redis(url), { ...options, prefix: name })
    : postgresStore(new pg.Pool({ connectionString: url, options: `-c search_path=${name}` }), options)

const Message = z.object({ n: z.int() })
const Gap = z.object({ reason: z.string() })

const app = createApp()
let subscribers = 0
app.get(
  '/channels/{name}',
  { responses: { 200: sse({ message: Message, gap: Gap, position: z.object({}) }, { retryMs: 50 }) } },
  async function* ({ params, event, lastEventId, signal }) {
    subscribers++
    try {
      for await (const item of channel(params.name, Message, { store }).subscribe(lastEventId, signal)) {
        if (item.kind === 'message') yield event.message(item.data, { id: item.id })
        else if (item.kind === 'gap') yield event.gap({ reason: item.reason }, { id: item.id })
        else yield event.position({}, { id: item.id })
      }
    } finally {
      subscribers--
    }
  },
)
const Memory = z.object({ subscribers: z.int(), heap: z.int(), resident: z.int() })
app.get('/memory', { responses: { 200: Memory } }, () => {
  return { subscribers, heap: heapAfterCollection(), resident: process.memoryUsage.rss() }
})
const { port } = await serve(app, { port: Number(givenPort) })
console.log(port)
