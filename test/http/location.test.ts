/** References in `Location`: what browsers make of them. */
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { formatLocation, toSlashReference } from '../../src/http/request-url.ts'
import { mixOf } from './arbitraries.ts'
import { fc } from '../support/fuzz.ts'

const WEB = new Set(['http:', 'https:'])

const SAFE: Readonly<Record<string, string>> = {
  '/x': '/x',
  '': '',
  '?page=2': '?page=2',
  '#top': '#top',
  'x/y': 'x/y',
  './a:b': './a:b',
  '../docs': '../docs',
  '/a b': '/a%20b',
  '/é': '/%C3%A9',
  '/a%20b': '/a%20b',
  '/a\\b': '/a%5Cb',
  '/\\evil.example': '/%5Cevil.example',
  '/a\tb\r\nc': '/a%09b%0D%0Ac',
  '/?next=//evil.example': '/?next=//evil.example',
  'https://example.com/a?b#c': 'https://example.com/a?b#c',
  'HTTPS://Example.com': 'HTTPS://Example.com',
  'http://[::1]:8000/': 'http://[::1]:8000/',
}
for (const [reference, location] of Object.entries(SAFE))
  test(`${JSON.stringify(reference)} is sent as ${location}`, () => {
    if (reference.startsWith('/\\')) assert.equal(formatLocation(reference, WEB), undefined)
    else assert.equal(formatLocation(reference, WEB), location)
  })

const UNSAFE = [
  '//evil.example',
  '///evil.example',
  '\\\\evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  ' //evil.example',
  'https:evil.example',
  'https:/evil.example',
  'https:///evil.example',
  'http:\\\\evil.example',
  'http://a\\@b',
  'http://google.example\\@apple.example',
  'http://@evil.example',
  'javascript:alert(1)',
  'JavaScript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  'file:///etc/passwd',
  'mailto:a@b.example',
  'https://',
  'http://a:99999/',
]
for (const reference of UNSAFE)
  test(`${JSON.stringify(reference)} is not safe`, () => assert.equal(formatLocation(reference, WEB), undefined))

test('a scheme is allowed where it is declared', () => {
  assert.equal(formatLocation('com.example.app:/callback?code=1', new Set(['com.example.app:'])), 'com.example.app:/callback?code=1')
  assert.equal(formatLocation('https://example.com/', new Set(['com.example.app:'])), undefined)
})

test('a browser goes to the host that the reference names in its authority, or stays', () => {
  const pieces = mixOf(
    '/',
    '\\',
    '//',
    ':',
    '@',
    '.',
    '..',
    'http:',
    'https:',
    'javascript:',
    'a',
    'evil.example',
    '\t',
    '\n',
    ' ',
    '%',
    '?',
    '#',
  )
  fc.assert(
    fc.property(pieces, fc.constantFrom('http', 'https'), (reference, scheme) => {
      const location = formatLocation(reference, WEB)
      if (location === undefined) return
      const { host, protocol } = new URL(location, `${scheme}://own.example/a/b`)
      const named = /^(https?:)\/\/([^/?#]*)/i.exec(location)
      if (named === null) assert.deepEqual([protocol, host], [`${scheme}:`, 'own.example'])
      else assert.equal(new URL(`${named[1]}//${named[2]}`).host, host)
    }),
    { numRuns: 2_000 },
  )
})

test('slash references keep a prefix of the path', () => {
  for (const [path, search, target] of [
    ['/x/', '', '/x'],
    ['/x', '', '/x/'],
    ['/a/b/', 'q=1', '/a/b?q=1'],
    ['/a/b', 'q=1', '/a/b/?q=1'],
    ['/a:b/', '', '/a:b'],
    ['/a%20b', '', '/a%20b/'],
  ] as const)
    for (const prefix of ['', '/svc', '/deep/prefix']) {
      const { host, pathname, search: query } = new URL(toSlashReference(path, search), `http://own.example${prefix}${path}`)
      assert.equal(host + pathname + query, `own.example${prefix}${target}`)
    }
})
