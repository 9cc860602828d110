/** The name under which a client keeps a file. */
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { parse } from 'content-disposition'
import { formatContentDisposition } from '../../src/http/content-disposition.ts'
import { toWellFormed } from '../../src/http/fields.ts'
import { anyText, mixOf } from './arbitraries.ts'
import { assertEnds, repeated } from './hostile.ts'
import { fc } from '../support/fuzz.ts'

const written: [fileName: string, field: string][] = [
  ['hello.txt', 'attachment; filename=hello.txt'],
  ['a b.txt', 'attachment; filename="a b.txt"'],
  ['a;b=c.txt', 'attachment; filename="a;b=c.txt"'],
  ['naïve-файл.txt', "attachment; filename=naive-____.txt; filename*=UTF-8''na%C3%AFve-%D1%84%D0%B0%D0%B9%D0%BB.txt"],
  ['€.csv', "attachment; filename=_.csv; filename*=UTF-8''%E2%82%AC.csv"],
  ['🚀.txt', "attachment; filename=_.txt; filename*=UTF-8''%F0%9F%9A%80.txt"],
  ['a"b.txt', "attachment; filename=a_b.txt; filename*=UTF-8''a%22b.txt"],
  ['a%41.txt', "attachment; filename=a_41.txt; filename*=UTF-8''a%2541.txt"],
  ['100%.txt', 'attachment; filename=100%.txt'],
  ['dir/file.txt', 'attachment; filename=file.txt'],
  ['C:\\dir\\file.txt', 'attachment; filename=file.txt'],
  ['../../etc/passwd', 'attachment; filename=passwd'],
  ['..\\..\\a/b.txt', 'attachment; filename=b.txt'],
  ['a/\r\n../b\0.txt', 'attachment; filename=b.txt'],
  ['a\r\nSet-Cookie: evil=1', 'attachment; filename="aSet-Cookie: evil=1"'],
  ['a\x7f\x85b', 'attachment; filename=ab'],
  ['\ud800.txt', "attachment; filename=_.txt; filename*=UTF-8''%EF%BF%BD.txt"],
  ['\u2025', "attachment; filename=_; filename*=UTF-8''%E2%80%A5"],
  ['', 'attachment'],
  ['a/', 'attachment'],
  ['.', 'attachment'],
  ['a/..', 'attachment'],
  ['.\r.', 'attachment'],
  ['.htaccess', 'attachment; filename=.htaccess'],
]
for (const [fileName, field] of written)
  test(`written: ${JSON.stringify(fileName)}`, () => assert.equal(formatContentDisposition(fileName), field))

test('a file that is shown, not saved', () => {
  assert.equal(formatContentDisposition('a.pdf', 'inline'), 'inline; filename=a.pdf')
})

const hostile = fc.oneof(anyText, mixOf('/', '\\', '..', '"', '\r\n', '%', '41', ';', 'é', "'", '\0'), fc.string({ unit: 'grapheme' }))

test('any name is a field value of visible ASCII, and clients read its last part', () => {
  fc.assert(
    fc.property(hostile, (fileName) => {
      const field = formatContentDisposition(fileName)
      assert.match(field, /^attachment[\x20-\x7e]*$/)
      const name = toWellFormed(fileName)
        .replace(/\p{Cc}/gu, '')
        .split(/[/\\]/)
        .at(-1)!
      const expected = /^\.{0,2}$/.test(name) ? undefined : name
      assert.equal(parse(field).parameters['filename'], expected)
    }),
  )
})

test('the ASCII name has no character that an old client misreads', () => {
  fc.assert(
    fc.property(hostile, (fileName) => {
      const fallback = parse(formatContentDisposition(fileName), { extended: false }).parameters['filename'] ?? ''
      assert.match(fallback, /^(?:[\x20\x21\x23-\x2e\x30-\x5b\x5d-\x7e])*$/)
      assert.doesNotMatch(fallback, /%[\dA-Fa-f]{2}/)
    }),
  )
})

test('hostile names are written in linear time', () => {
  for (const name of repeated('/', '\\', 'a', '%', '"', '\u0301', '\0', '.')) assertEnds(() => formatContentDisposition(name))
})
