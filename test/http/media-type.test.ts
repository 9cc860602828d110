/** Media types: reading one, and naming the charset of text. */
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { parseMediaType, withCharset } from '../../src/http/media-type.ts'
import { anyText, mixOf } from './arbitraries.ts'
import { assertEnds, repeated } from './hostile.ts'
import { fc } from '../support/fuzz.ts'

const read: [text: string, essence: string, parameters?: Record<string, string>][] = [
  ['text/html', 'text/html'],
  ['Text/HTML', 'text/html'],
  ['application/problem+json', 'application/problem+json'],
  ['text/html;charset=UTF-8', 'text/html', { charset: 'UTF-8' }],
  ['text/html \t; \tCharset=utf-8', 'text/html', { charset: 'utf-8' }],
  ['text/html; charset="utf-8"', 'text/html', { charset: 'utf-8' }],
  ['a/b; x="q;\\"\\\\,\xe9"; y=z', 'a/b', { x: 'q;"\\,\xe9', y: 'z' }],
  ['a/b; x=""', 'a/b', { x: '' }],
  ['a/b; x=1; X=2', 'a/b', { x: '1' }],
  ['a/b;', 'a/b'],
  ['a/b; ; x=1;;', 'a/b', { x: '1' }],
  ['multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxk', 'multipart/form-data', { boundary: '----WebKitFormBoundary7MA4YWxk' }],
  ['a/b; constructor=1; __proto__=2', 'a/b', { constructor: '1', ['__proto__']: '2' }],
]
for (const [text, essence, parameters = {}] of read) {
  test(`read: ${text}`, () => {
    const mediaType = parseMediaType(text)
    assert.equal(mediaType?.essence, essence)
    assert.deepEqual(Object.entries(mediaType.parameters), Object.entries(parameters))
  })
}

test('text that is not a media type is undefined', () => {
  const wrong = [
    '',
    'text',
    'text/',
    '/html',
    ' text/html',
    'text/html ',
    'text /html',
    'text/html, a/b',
    'text/html; charset',
    'text/html; charset=',
  ]
  const broken = [
    'a/b; x =1',
    'a/b; x= 1',
    'a/b; x="1',
    'a/b; x="1"2',
    'a/b; x="\n"',
    'a/b; x="\\\n"',
    'a/b; x="\u0100"',
    'a/b x=1',
    'a/b/c',
    'é/b',
    '*',
  ]
  for (const text of [...wrong, ...broken]) assert.equal(parseMediaType(text), undefined, text)
})

test('no parameter is found that was not sent', () => {
  assert.equal(Object.getPrototypeOf(parseMediaType('a/b')!.parameters), null)
})

test('a parameter comes back as it was written', () => {
  const name = fc.stringMatching(/^[!#$%&'*+.^_`|~\da-z-]{1,8}$/)
  const value = fc.stringMatching(/^[\t\x20-\x7e\x80-\xff]{0,12}$/)
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(name, value), { selector: ([name]) => name }), (parameters) => {
      const text = parameters.map(([name, value]) => `; ${name}="${value.replace(/["\\]/g, '\\$&')}"`).join('')
      assert.deepEqual({ ...parseMediaType(`a/b${text}`)!.parameters }, Object.fromEntries(parameters))
    }),
  )
})

test('reading never throws', () => {
  fc.assert(fc.property(fc.oneof(anyText, mixOf('a', '/', ';', '=', '"', '\\', ' ')), (text) => void parseMediaType(text)))
})

test('hostile text is read in linear time', () => {
  for (const start of ['', 'a/b', 'a/b;x="']) {
    for (const text of repeated(' ', ';', '; ', '\\', '"', 'a', 'a/', ';a=b', ';a="', '\\"', '\t;'))
      assertEnds(() => parseMediaType(start + text))
  }
})

test('text without a charset is UTF-8', () => {
  for (const type of [
    'text/html',
    'text/css',
    'TEXT/csv',
    'text/event-stream',
    'text/javascript',
    'application/javascript',
    'application/x-javascript',
    'text/plain; format=flowed',
  ]) {
    assert.equal(withCharset(type), `${type}; charset=utf-8`)
  }
})

test('a charset that is named stays, and other content than text gets none', () => {
  const own = ['text/html; charset=iso-8859-1', 'text/html;CHARSET="utf-8"']
  for (const type of [
    ...own,
    'application/json',
    'application/xml',
    'image/svg+xml',
    'application/javascript-x',
    'image/png',
    'no media type',
    '',
  ]) {
    assert.equal(withCharset(type), type)
  }
})
