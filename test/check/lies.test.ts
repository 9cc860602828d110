/** A server that lies in one way at a time: the check finds the lie, and finds nothing without one. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { checkContract, type CheckOptions } from '../../src/check/index.ts'
import { fuzzRuns } from '../support/fuzz.ts'
import { startFixture } from './fixture.ts'
import { ALL_LIES, LIES } from './lies.ts'

const OPTIONS: CheckOptions = {
  seed: 1,
  requests: 10,
  unsafe: true,
  headers: { authorization: 'Bearer ada' },
  as: { authorization: 'Bearer bob' },
}

describe('each lie is found', () => {
  for (const lie of ALL_LIES) {
    test(lie, async () => {
      await using fixture = await startFixture(lie)
      const { rule, operations } = LIES[lie]
      const { causes } = await checkContract(fixture.url, {
        ...OPTIONS,
        operations,
        ...(rule === 'time' && { slowMs: 50 }),
        ...(lie === 'no response' && { timeoutMs: 300 }),
      })
      const found = causes.map((cause) => `${cause.rule} ${cause.operation} ${cause.message}`)
      assert.ok(
        causes.some((cause) => cause.rule === rule),
        `expected ${rule}, got: ${found.join('; ') || 'nothing'}`,
      )
    })
  }
})

test('nothing is found on the server without a lie', async () => {
  await using fixture = await startFixture()
  const { causes, requests, coverage } = await checkContract(fixture.url, {
    ...OPTIONS,
    requests: fuzzRuns(60, 4_000),
    maxTimeMs: fuzzRuns(60_000, 1_200_000),
  })
  assert.deepEqual(causes, [])
  assert.ok(requests > fuzzRuns(500, 20_000), `${requests} requests`)
  assert.ok(coverage.filter(({ status }) => status.startsWith('2')).every(({ count }) => count > 0))
})
