/** A server that lies in one way at a time: the check finds the lie, and finds nothing on the honest twin. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { checkContract, type CheckOptions } from '../../src/check/index.ts'
import { startFixture } from './fixture.ts'
import { ALL_LIES, LIES } from './lies.ts'

const OPTIONS: CheckOptions = {
  seed: 1,
  requests: 10,
  unsafe: true,
  headers: { authorization: 'Bearer ada' },
  as: { authorization: 'Bearer bob' },
  timeoutMs: 300,
  streamMs: 300,
}

describe('each lie is found', () => {
  for (const lie of ALL_LIES) {
    test(lie, async () => {
      await using fixture = await startFixture(lie)
      const { rule, operations } = LIES[lie]
      const { causes } = await checkContract(fixture.url, { ...OPTIONS, operations, ...(rule === 'time' && { slowMs: 50 }) })
      const found = causes.map((cause) => `${cause.rule} ${cause.operation} ${cause.message}`)
      assert.ok(
        causes.some((cause) => cause.rule === rule),
        `expected ${rule}, got: ${found.join('; ') || 'nothing'}`,
      )
    })
  }
})

test('nothing is found on the honest twin', async () => {
  await using fixture = await startFixture()
  const { causes, requests, coverage } = await checkContract(fixture.url, { ...OPTIONS, requests: 60 })
  assert.deepEqual(causes, [])
  assert.ok(requests > 500, `${requests} requests`)
  assert.ok(coverage.filter(({ status }) => status.startsWith('2')).every(({ count }) => count > 0))
})
