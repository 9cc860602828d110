/** Status codes: the registry's phrases, a phrase for any number, and which statuses have no content. */
import { strict as assert } from 'node:assert'
import { STATUS_CODES } from 'node:http'
import { test } from 'node:test'
import { isNullBodyStatus, reasonPhrase, type ClientErrorStatus, type RedirectStatus, type SuccessStatus } from '../../src/http/status.ts'

test('phrases are those of the registry', () => {
  // RFC 9110 renamed two, RFC 7725 and RFC 2324 are written otherwise, and 509 was never registered.
  const renamed: Record<string, string> = { 413: 'Content Too Large', 422: 'Unprocessable Content', 509: 'Server Error' }
  for (const [status, phrase] of Object.entries(STATUS_CODES)) assert.equal(reasonPhrase(Number(status)), renamed[status] ?? phrase)
})

test('an unregistered status has the phrase of its class', () => {
  const phrases = [199, 299, 399, 499, 599].map(reasonPhrase)
  assert.deepEqual(phrases, ['Informational', 'Successful', 'Redirection', 'Client Error', 'Server Error'])
  for (const status of [0, 99, 600, -1, Number.NaN]) assert.equal(reasonPhrase(status), 'Unknown Status')
})

test('1xx, 204, 205 and 304 have no content, and no others', () => {
  const empty = Array.from({ length: 500 }, (_, i) => i + 100).filter(isNullBodyStatus)
  assert.deepEqual(empty, [...Array.from({ length: 100 }, (_, i) => i + 100), 204, 205, 304])
})

test('a class of statuses is a union of literals', () => {
  const statuses: [SuccessStatus, RedirectStatus, ClientErrorStatus] = [226, 308, 451]
  // @ts-expect-error 404 is no success
  statuses[0] = 404
  // @ts-expect-error 299 is not registered
  statuses[0] = 299
  assert.equal(statuses.length, 3)
})
