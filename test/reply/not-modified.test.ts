import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HeaderList } from '../../src/http/header-list.ts'
import { toNotModified } from '../../src/reply/not-modified.ts'
import { Reply } from '../../src/reply/reply.ts'

test('what a cache needs and what is not about the content stays', () => {
  const kept = ['cache-control', 'content-location', 'date', 'etag', 'expires', 'vary', 'set-cookie', 'x-other', 'content-security-policy']
  const dropped = [
    'content-type',
    'content-length',
    'content-encoding',
    'content-language',
    'content-disposition',
    'accept-ranges',
    'last-modified',
  ]
  const reply = new Reply(200, HeaderList.from([...kept, ...dropped].flatMap((name) => [name, '1'])), 'x')
  toNotModified(reply)
  assert.deepEqual([reply.status, reply.body, [...reply.headers].map(([name]) => name)], [304, null, kept])
})

test('Last-Modified stays where there is no entity tag', () => {
  const reply = new Reply(200, HeaderList.from(['last-modified', 'x', 'content-type', 'x']), 'x')
  toNotModified(reply)
  assert.deepEqual([...reply.headers], [['last-modified', 'x']])
})
