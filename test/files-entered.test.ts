/** How many files of the framework one request goes through: a reader who follows it opens each of them. */
import assert from 'node:assert/strict'
import { Session } from 'node:inspector/promises'
import { findSourceMap } from 'node:module'
import { after, before, describe, test } from 'node:test'
import { z } from 'zod'
import { createApp } from '../src/index.ts'
import type { Server } from '../src/node/index.ts'
import { listen } from './support/listen.ts'

const User = z.object({ id: z.int(), name: z.string(), email: z.email(), created_at: z.date() })
const NewUser = z.object({ name: z.string().min(1), email: z.email() })
const user = { id: 1, name: 'Ada', email: 'ada@example.com', created_at: new Date(0) }

const app = createApp({ title: 'Files', version: '1' })
app.get('/users/{id}', { params: { id: z.int() }, responses: { 200: User } }, () => user)
app.post(
  '/users',
  { body: NewUser, query: { notify: z.boolean().default(false) }, headers: { 'x-client': z.string() }, responses: { 201: User } },
  () => user,
)

const REQUESTS = {
  GET: ['/users/1', {}],
  POST: [
    '/users?notify=true',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-client': 'test' },
      body: JSON.stringify({ name: 'Ada', email: 'ada@example.com' }),
    },
  ],
} as const

/** A warm server: what is made for the first requests is made. */
const WARM_UP = 20

describe('one request enters few files', () => {
  let server: Server
  const session = new Session()
  before(async () => {
    server = await listen(app)
    session.connect()
    await session.post('Debugger.enable')
    await session.post('Profiler.enable')
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  })
  after(async () => {
    session.disconnect()
    await server.stop()
  })

  async function send([path, init]: (typeof REQUESTS)[keyof typeof REQUESTS]): Promise<void> {
    const response = await fetch(`${server.url}${path}`, init)
    const text = await response.text()
    assert.ok(response.ok, text)
  }

  /** The files with a function that ran. */
  async function entered(request: (typeof REQUESTS)[keyof typeof REQUESTS]): Promise<readonly string[]> {
    for (let i = 0; i < WARM_UP; i++) await send(request)
    await session.post('Profiler.takePreciseCoverage')
    await send(request)
    const { result } = await session.post('Profiler.takePreciseCoverage')
    const files = new Set<string>()
    for (const { scriptId, url, functions } of result) {
      const map = findSourceMap(url)
      if (map === undefined) continue
      const { scriptSource } = await session.post('Debugger.getScriptSource', { scriptId })
      for (const { ranges } of functions) {
        // The first range is the whole function.
        const { startOffset, count } = ranges[0]!
        if (count === 0) continue
        const lines = scriptSource.slice(0, startOffset).split('\n')
        const entry = map.findEntry(lines.length - 1, lines.at(-1)!.length)
        if ('originalSource' in entry) files.add(entry.originalSource)
      }
    }
    return [...files].flatMap((file) => file.split('/src/').slice(1)).toSorted()
  }

  for (const [method, most] of [
    ['GET', 30],
    ['POST', 34],
  ] as const) {
    test(`a ${method} enters at most ${most}`, async (t) => {
      const files = await entered(REQUESTS[method])
      t.diagnostic(`${files.length}: ${files.join(' ')}`)
      assert.ok(files.length > 10 && files.length <= most, `${files.length} files:\n${files.join('\n')}`)
    })
  }
})
