/** The users example with PostgreSQL: a server that leaves its mail to a worker. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import pg from 'pg'
import { afterwards } from '../support/afterwards.ts'
import { DATABASE_URL, databaseUrl } from '../support/servers.ts'
import { Example, RunningExample } from './example.ts'

const example = new Example('users')

/** A database of its own. `undefined` where there is no server; the test is skipped then. */
async function openDatabase(t: TestContext): Promise<string | undefined> {
  const admin = new pg.Client(DATABASE_URL)
  try {
    await admin.connect()
  } catch {
    t.skip(`no PostgreSQL at ${new URL(DATABASE_URL).host}: DATABASE_URL may name another`)
    return undefined
  }
  const name = `riposte_users_${process.pid}`
  await admin.query(`CREATE DATABASE ${name}`)
  afterwards(t, async () => {
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`)
    await admin.end()
  })
  return databaseUrl(name)
}

test('a server with WORK=no leaves its mail to a worker, which may come later', { skip: example.skip }, async (t) => {
  const url = await openDatabase(t)
  if (url === undefined) return
  const folder = await mkdtemp(join(tmpdir(), 'riposte-users-'))
  afterwards(t, () => rm(folder, { recursive: true }))
  const server = await example.start({ DATABASE_URL: url, DATA_DIR: folder, WORK: 'no' })
  afterwards(t, () => server[Symbol.asyncDispose]())
  const { status } = await fetch(`${server.url}/send-email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ to: 'ada@example.com', subject: 'Hello', body: '…' }),
  })
  assert.equal(status, 202)
  const worker = new RunningExample(example.spawn({ DATABASE_URL: url }, ['../../src/cli/main.ts', 'work', 'mail.ts']))
  afterwards(t, () => worker[Symbol.asyncDispose]())
  await worker.waitFor(/Mail to ada@example.com: Hello/)
  assert.doesNotMatch(server.printed, /Mail to/)
  assert.deepEqual(await worker.stop(), [0, null])
  assert.deepEqual(await server.stop(), [0, null])
})
