/** Fan-out by a channel: ids, a position, gaps, and messages that are kept for clients that come back. */
import { Redis } from 'ioredis'
import { Pool } from 'pg'
import { z } from 'zod'
import { channel } from '../../src/channel/index.ts'
import { createApp, sse } from '../../src/index.ts'
import { serve } from '../../src/node/index.ts'
import { postgresStore } from '../../src/postgres/index.ts'
import { redisStore } from '../../src/redis/index.ts'

const { BENCH_STORE, BENCH_REDIS, BENCH_PREFIX, BENCH_DATABASE, PORT } = process.env
const store =
  BENCH_STORE === 'redis'
    ? redisStore(new Redis(BENCH_REDIS!), { prefix: BENCH_PREFIX! })
    : postgresStore(new Pool({ connectionString: BENCH_DATABASE! }))

const Order = z.object({ n: z.int(), text: z.string(), total: z.number(), tags: z.array(z.string()) })
const orders = channel('orders', Order, { store })
const app = createApp()
app.get(
  '/',
  { responses: { 200: sse({ message: Order, gap: z.object({}), position: z.object({}) }) } },
  async function* ({ event, lastEventId, signal }) {
    for await (const item of orders.subscribe(lastEventId, signal)) {
      if (item.kind === 'message') yield event.message(item.data, { id: item.id })
      else yield event[item.kind]({}, { id: item.id })
    }
  },
)
await serve(app, { port: Number(PORT) })
