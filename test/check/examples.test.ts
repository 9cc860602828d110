/** The example apps, over a connection: the check finds nothing. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { checkContract, formatResult, type CheckOptions } from '../../src/check/index.ts'
import { Example } from '../examples/example.ts'
import { fuzzRuns } from '../support/fuzz.ts'

/** Hashing passwords is slow by design, so few random requests are sent, and the time is limited. */
const OPTIONS: CheckOptions = {
  seed: 1,
  requests: fuzzRuns(3, 100),
  maxTimeMs: fuzzRuns(8_000),
  streamMs: 400,
  timeoutMs: 60_000,
  unsafe: true,
}

async function assertHolds(url: string, options: CheckOptions, least: number): Promise<void> {
  const result = await checkContract(url, { ...OPTIONS, ...options })
  assert.deepEqual(result.causes, [], formatResult(result))
  assert.ok(result.requests >= least, `${result.requests} requests`)
}

const users = new Example('users')
const gateway = new Example('llm-gateway')
const conduit = new Example('conduit')

describe('the users example conforms to its document', { skip: users.skip }, () => {
  test('nothing is found', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'check-users-'))
    try {
      await using app = await users.start({ DATA_DIR: join(folder, 'data') })
      await assertHolds(app.url, {}, 10)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})

describe('the llm-gateway example conforms to its document', { skip: gateway.skip }, () => {
  test('nothing is found', async () => {
    await using app = await gateway.start({ MS_PER_TOKEN: '1' })
    await assertHolds(app.url, { headers: { authorization: 'Bearer sk-local' } }, 10)
  })
})

describe('the conduit example conforms to its document', { skip: conduit.skip }, () => {
  test('nothing is found', async () => {
    await using app = await conduit.start({ TRIES: '100000' })
    const [ada, bob] = [await register(app.url, 'ada'), await register(app.url, 'bob')]
    await assertHolds(app.url, { headers: ada, as: bob }, 10)
  })
})

async function register(url: string, username: string): Promise<{ readonly authorization: string }> {
  const user = { username, email: `${username}@example.com`, password: 'a long password' }
  const response = await fetch(`${url}/api/users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user }),
  })
  const { user: made } = (await response.json()) as { user: { token: string } }
  return { authorization: `Token ${made.token}` }
}
