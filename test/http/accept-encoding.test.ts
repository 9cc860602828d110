import assert from 'node:assert/strict'
import { test } from 'node:test'
import { acceptedEncodings } from '../../src/http/accept-encoding.ts'

test('what the client takes, the best first; among equals in the order of the offers', () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    '': [],
    identity: [],
    gzip: ['gzip'],
    'gzip, deflate, br': ['br', 'gzip'],
    'br;q=0.5, gzip': ['gzip', 'br'],
    'br;q=0, *': ['gzip'],
    '*': ['br', 'gzip'],
    '*;q=0': [],
    GZIP: ['gzip'],
    'gzip;q=x, br;;': ['br'],
  }
  for (const [field, expected] of Object.entries(cases)) assert.deepEqual(acceptedEncodings(field, ['br', 'gzip']), expected, field)
})
