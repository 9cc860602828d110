/** One form for all spellings of a path. */
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { normalizePath } from '../../src/http/request-url.ts'
import { anyText, mixOf } from './arbitraries.ts'
import { assertEnds, repeated } from './hostile.ts'
import { fc } from '../support/fuzz.ts'

const normal: [path: string, form: string | undefined][] = [
  ['/a', '/a'],
  ['/%61dmin', '/admin'],
  ['/%41%5f%7E%2d%2E%39', '/A_~-.9'],
  ['/a%2fb', '/a%2Fb'],
  ['/%c3%a9', '/%C3%A9'],
  ['/%2561', '/%2561'],
  ['/%20', '/%20'],
  ['*', '*'],
  ['/%', undefined],
  ['/%6', undefined],
  ['/%zz', undefined],
  ['/%61%', undefined],
]
for (const [path, form] of normal) test(`${path} is ${form ?? 'malformed'}`, () => assert.equal(normalizePath(path), form))

test('the normal form of a normal form is itself, and means the same octets', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, mixOf('%', '%61', '%2f', '%C3', '/', 'a')), (path) => {
      const form = normalizePath(path)
      if (form === undefined) return
      assert.equal(normalizePath(form), form)
      assert.equal(unescape(form), unescape(path))
    }),
  )
})

/** Every escape as the octet that it stands for. */
function unescape(path: string): string {
  return path.replace(/%([\dA-F]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}

test('hostile paths are read in linear time', () => {
  for (const path of repeated('%', '%61', '%2f', '%%')) assertEnds(() => normalizePath(path))
})
