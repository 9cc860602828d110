/** Percent-encoding: values out of segments, references into `Location`. */
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { assertField, toWellFormed } from '../../src/http/fields.ts'
import { decodeSegment, escapeLocation } from '../../src/http/request-url.ts'
import { anyText, mixOf } from './arbitraries.ts'
import { fc } from '../support/fuzz.ts'

const decoded: [segment: string, value: string | undefined][] = [
  ['', ''],
  ['abc', 'abc'],
  ['a+b', 'a+b'],
  ['a%20b', 'a b'],
  ['%E6%97%A5%e6%9c%ac%F0%9F%9A%80', '日本🚀'],
  ['a%2Fb', 'a/b'],
  ['..%2f', '../'],
  ['%2541', '%41'],
  ['%00', '\0'],
  ['%EF%BB%BFx', '\ufeffx'],
  ['%', undefined],
  ['%4', undefined],
  ['%zz', undefined],
  ['a%2', undefined],
  ['%FF', undefined],
  ['%E6%97', undefined],
  ['%C0%AF', undefined],
  ['%ED%A0%80', undefined],
  ['%F4%90%80%80', undefined],
  ['é', undefined],
  ['a b', undefined],
]
for (const [segment, value] of decoded)
  test(`the segment ${segment} is ${value === undefined ? 'malformed' : JSON.stringify(value)}`, () =>
    assert.equal(decodeSegment(segment), value))

test('a segment comes back as it was encoded', () => {
  fc.assert(fc.property(anyText, (text) => assert.equal(decodeSegment(encodeURIComponent(toWellFormed(text))), toWellFormed(text))))
})

test('decoding never throws', () => {
  fc.assert(fc.property(fc.oneof(anyText, mixOf('%', '%2F', '%E6', '%97', 'a')), (segment) => void decodeSegment(segment)))
})

const escaped: [url: string, location: string][] = [
  ['/new-path', '/new-path'],
  ['/a b', '/a%20b'],
  ['/café', '/caf%C3%A9'],
  ['/a%20b%zz%', '/a%20b%zz%'],
  ["https://u:p@[::1]:8080/a;b,c=d?e=f&g=$h*+(i)!#'j'", "https://u:p@[::1]:8080/a;b,c=d?e=f&g=$h*+(i)!#'j'"],
  ['-._~', '-._~'],
  ['"<>\\^`{|}', '%22%3C%3E%5C%5E%60%7B%7C%7D'],
  ['/x\r\nEvil: 1', '/x%0D%0AEvil:%201'],
  ['/\0\x7f', '/%00%7F'],
  ['//exämple.com/🚀', '//ex%C3%A4mple.com/%F0%9F%9A%80'],
  ['/a\ud800b', '/a%EF%BF%BDb'],
  ['/\udc00\ud800', '/%EF%BF%BD%EF%BF%BD'],
]
for (const [url, location] of escaped) test(`Location of ${JSON.stringify(url)}`, () => assert.equal(escapeLocation(url), location))

test('any text is a field value of URI characters, and escaping again changes nothing', () => {
  fc.assert(
    fc.property(anyText, (url) => {
      const location = escapeLocation(url)
      assert.match(location, /^[\w.~:/%#?=@[\]!$&'()*+,;-]*$/)
      assertField('location', location)
      assert.equal(escapeLocation(location), location)
    }),
  )
})
