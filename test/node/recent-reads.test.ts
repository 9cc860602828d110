/** What was read recently is remembered for a short time, within bounds. */
import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { test } from 'node:test'
import { RecentReads } from '../../src/node/disk-file.ts'

test('is remembered for a moment, and longer while it is read again', (t) => {
  const clock = t.mock.method(performance, 'now', () => 10_000)
  const at = (ms: number) => clock.mock.mockImplementation(() => ms)
  const recent = new RecentReads(1)
  assert.equal(recent.has('a'), false)
  recent.add('a')
  at(10_999)
  assert.equal(recent.has('a'), true)
  at(11_500)
  recent.add('b')
  assert.equal(recent.has('a'), true)
  recent.add('a')
  at(12_600)
  assert.equal(recent.has('a'), true)
  at(20_000)
  assert.equal(recent.has('a'), false)
  assert.equal(recent.has('b'), false)
})

test('of very many, the latest', (t) => {
  t.mock.method(performance, 'now', () => 10_000)
  const recent = new RecentReads(1)
  for (let n = 0; n < 5_000; n++) recent.add(String(n))
  assert.equal(recent.has('4999'), true)
  assert.equal(recent.has('0'), false)
})

test('of one disk', () => {
  const stats = statSync('.')
  assert.equal(new RecentReads(stats.dev).holds(stats), true)
  assert.equal(new RecentReads(stats.dev + 1).holds(stats), false)
})
