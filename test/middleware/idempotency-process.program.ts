/** A server of `idempotency-stores.test.ts`. It prints its port. With `hold` its handler prints a line and never ends. */
import { Redis } from 'ioredis'
import pg from 'pg'
import { z } from 'zod'
import { createApp } from '../../src/index.ts'
import { idempotency } from '../../src/middleware/index.ts'
import { serve } from '../../src/node/index.ts'
import { postgresIdempotencyStore } from '../../src/postgres/index.ts'
import { redisIdempotencyStore } from '../../src/redis/index.ts'

/** `name` is the prefix of the keys, or the schema. */
const [kind, url, name, mode] = process.argv.slice(2) as ['Redis' | 'PostgreSQL', string, string, 'answer' | 'hold']
const store =
  kind === 'Redis'
    ? redisIdempotencyStore(new Redis(url), { prefix: name })
    : postgresIdempotencyStore(new pg.Pool({ connectionString: url, options: `-c search_path=${name}` }))

const app = createApp().use(idempotency({ store, lockSeconds: 2 }))
app.post('/payments', { responses: { 201: z.object({ id: z.uuid() }) } }, async () => {
  if (mode === 'hold') {
    console.log('holding')
    await new Promise(() => undefined)
  }
  return { id: crypto.randomUUID() }
})
const { port } = await serve(app, { port: 0 })
console.log(port)
