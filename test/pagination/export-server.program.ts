/**
 * A server of exports in its own process, whose memory is measured: `node … export-server.program.ts jsonl|csv|bare URL TABLE`. `bare` is a loop over a cursor
 * of `pg` that writes the same lines to `node:http`. The process sends its port, and on request the memory that it used.
 */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'pg'
import { z } from 'zod'
import { csv } from '../../src/csv/index.ts'
import { createApp, jsonl } from '../../src/index.ts'
import { serve } from '../../src/node/index.ts'
import { fromSQL } from '../../src/sql/index.ts'

const [mode, url, table] = process.argv.slice(2) as ['jsonl' | 'csv' | 'bare', string, string]
const pool = new Pool({ connectionString: url, max: 1 })

interface Row {
  id: number
  name: string
  made: Date
}

const Model = z.object({ id: z.int(), name: z.string(), made: z.date() })
/** The same batch as that of `rows()`. */
const BATCH = 200

let most = 0
let rows = 0

function look(): void {
  if (rows++ % 500 === 0) most = Math.max(most, process.memoryUsage.rss())
}

async function serveApp(): Promise<number> {
  const app = createApp()
  const content = mode === 'csv' ? csv(Model) : jsonl(Model)
  app.get('/{limit}', { params: { limit: z.int() }, responses: { 200: content } }, async function* ({ params, signal }) {
    const query = { text: `select * from ${table} where id <= $1`, values: [params.limit] }
    for await (const row of fromSQL<Row>(pool, query, { orderBy: ['id'], key: ['id'] }).rows({ signal })) {
      look()
      yield row
    }
  })
  return (await serve(app, { port: 0 })).port
}

async function writeRows(response: ServerResponse, limit: number): Promise<void> {
  const client = await pool.connect()
  await client.query('begin read only')
  await client.query(`declare bare no scroll cursor for select * from ${table} where id <= ${limit} order by id`)
  for (let isEnd = false; !isEnd;) {
    const batch = (await client.query<Row>(`fetch ${BATCH} from bare`)).rows
    for (const { id, name, made } of batch) {
      look()
      if (!response.write(`${JSON.stringify({ id, name, made })}\n`)) await once(response, 'drain')
    }
    isEnd = batch.length < BATCH
  }
  await client.query('commit')
  client.release()
  response.end()
}

async function serveBare(): Promise<number> {
  const server = createServer((request, response) => void writeRows(response, Number(request.url!.slice(1))))
  await once(server.listen(0), 'listening')
  return (server.address() as AddressInfo).port
}

process.on('message', () => {
  process.send!({ now: process.memoryUsage.rss(), most })
  most = 0
})
process.once('disconnect', () => process.exit())
process.send!({ port: await (mode === 'bare' ? serveBare() : serveApp()) })
