/** Inputs that a schema describes only in part: cursors, lists in a filter, files. A correct API has no cause, as an app and as a server. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { checkContract, formatResult } from '../../src/check/index.ts'
import { createApp, defineError, multipart, type App } from '../../src/index.ts'
import { serve } from '../../src/node/index.ts'
import { silent } from '../support/recording-logger.ts'

const InvalidCursor = defineError('INVALID_CURSOR', { status: 400, detail: 'The cursor is not valid here' })
const Row = z.object({ id: z.int() })
const rows = Array.from({ length: 12 }, (_, id) => ({ id }))
const PNG = z.file().mime('image/png')

/** The inputs that the handlers got. */
interface Seen {
  cursors: number
  lists: number
  files: number
}

function createAlbum(seen: Seen): App {
  const app = createApp({ title: 'Album', version: '1.0.0', logger: silent })
  app.get(
    '/rows',
    {
      query: {
        cursor: z.string().min(1).optional(),
        size: z.int().min(1).max(10).default(5),
        filter: z.object({ id: z.object({ in: z.array(z.int()).min(2).max(5) }).optional() }).optional(),
      },
      responses: { 200: z.object({ items: z.array(Row), next: z.string().nullable() }) },
      errors: [InvalidCursor],
    },
    ({ query: { cursor, size, filter }, fail }) => {
      const after = cursor === undefined ? -1 : rows.findIndex(({ id }) => cursor === `after ${id}`)
      if (cursor !== undefined && after === -1) throw fail(InvalidCursor)
      if (cursor !== undefined) seen.cursors += 1
      if (filter?.id !== undefined) seen.lists += 1
      const items = rows.slice(after + 1, after + 1 + size)
      return { items, next: after + 1 + size < rows.length ? `after ${items.at(-1)!.id}` : null }
    },
  )
  app.post(
    '/pictures',
    {
      body: multipart(z.object({ picture: PNG.min(20).max(40), others: z.array(PNG).max(2).optional(), title: z.string().max(9) })),
      responses: { 204: {} },
    },
    () => void (seen.files += 1),
  )
  return app
}

for (const how of ['an app', 'a server'])
  test(`${how}: cursors, lists in a filter and files are sent as the server reads them`, async (t) => {
    const seen: Seen = { cursors: 0, lists: 0, files: 0 }
    const app = createAlbum(seen)
    const server = await serve(app, { port: 0 })
    t.after(() => server.stop())
    const result = await checkContract(how === 'an app' ? app : server.url, { seed: 1, requests: 30, unsafe: true })
    assert.deepEqual(result.causes, [], formatResult(result))
    for (const [what, times] of Object.entries(seen)) assert.ok(times > 1, `${what}: ${times}`)
  })

test('a server error for a cursor that the server did not create is found', async () => {
  const app = createApp({ title: 'Fragile', version: '1.0.0', logger: silent })
  app.get('/rows', { query: { cursor: z.string().optional() }, responses: { 200: z.array(Row) } }, ({ query: { cursor } }) => {
    if (cursor !== undefined) throw new Error('not base64')
    return rows
  })
  const { causes } = await checkContract(app, { seed: 1, requests: 30 })
  assert.ok(
    causes.some(({ rule }) => rule === 'server-error'),
    JSON.stringify(causes.map(({ rule }) => rule)),
  )
})
