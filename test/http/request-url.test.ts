import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatRequestURL, isHost, parseTarget, targetOf } from '../../src/http/request-url.ts'
import { fc } from '../support/fuzz.ts'

test('origin-form is a path and a query', () => {
  assert.deepEqual(parseTarget('/a/b?c=d?e'), { authority: undefined, path: '/a/b', search: 'c=d?e' })
  assert.deepEqual(parseTarget('/?'), { authority: undefined, path: '/', search: '' })
  assert.deepEqual(parseTarget('//host/a'), { authority: undefined, path: '//host/a', search: '' })
})

test('absolute-form brings its own authority', () => {
  assert.deepEqual(parseTarget('http://example.com:80/a?b'), { authority: 'example.com:80', path: '/a', search: 'b' })
  assert.deepEqual(parseTarget('HTTPS://[::1]'), { authority: '[::1]', path: '/', search: '' })
  assert.deepEqual(parseTarget('http://example.com?b'), { authority: 'example.com', path: '/', search: 'b' })
})

test('asterisk-form', () => assert.deepEqual(parseTarget('*'), { authority: undefined, path: '*', search: '' }))

test('targets that an origin server refuses', () => {
  for (const target of [
    '',
    'a',
    'http:/a',
    'http://',
    'http:///a',
    'http://user@host/',
    'http://a b/',
    'http://a:b/',
    'ftp://host/a',
    '/a#b',
    'http://host/#',
    '**',
  ]) {
    assert.equal(parseTarget(target), undefined, target)
  }
})

test('a path has the form that a URL gives it: no spelling of letters, dot segments or slashes passes a guard that parses the URL', () => {
  for (const [target, path] of [
    ['/public/../admin', '/admin'],
    ['/admin/%2e%2E/public', '/public'],
    ['/a/./b/.', '/a/b/'],
    ['/a\\..\\b', '/b'],
    ['//host/..', '//'],
    ['/a/.well-known', '/a/.well-known'],
    ['/a/..%2Fb', '/a/..%2Fb'],
    ['/%61dmin', '/admin'],
    ['/a%2fb', '/a%2Fb'],
    ['/%61/%2e%2e/%62', '/b'],
    ['/%61%', '/%61%'],
  ]) {
    assert.equal(parseTarget(target!)?.path, path)
    assert.equal(targetOf(`http://host${target}`).path, path)
  }
})

const character = fc.constantFrom('a', 'z', '0', '-', '.', '~', '%', '/', ':', '@', '!', '&', '=', '+', ',', '?', '2', 'e', 'E')
const text = fc.string({ unit: character })

test('both forms of a target say the same', () => {
  fc.assert(
    fc.property(text, (rest) => {
      const target = `/${rest}`
      assert.deepEqual(parseTarget(`http://host${target}`), { ...parseTarget(target), authority: 'host' })
    }),
  )
})

test('the URL of a request has the path that is routed and the query that was sent, whatever Host says', () => {
  const host = fc.string({ unit: fc.constantFrom('a', '1', '.', ':', '[', ']', '%', '/', '\\', '?', '#', '@', '-', ' ') })
  fc.assert(
    fc.property(host, text, (authority, rest) => {
      const { path, search } = parseTarget(`/${rest}`)!
      if (!isHost(authority)) return
      const url = new URL(formatRequestURL('http', authority, path, search))
      assert.equal(url.pathname, path)
      assert.equal(url.search.slice(1), search)
    }),
    { numRuns: 2_000 },
  )
})

test('hosts', () => {
  for (const host of ['example.com', 'localhost:8000', '127.0.0.1', '[::1]:80', '', 'a_b-c']) assert.equal(isHost(host), true, host)
  const refused = ['a, b', 'a b', 'a/b', 'user@host', 'host:port', '[::1', 'a\tb', 'host:1:2', 'é']
  const noURL = [
    'a:99999',
    '1.2.3.999',
    '1.2.3.4.5',
    'a%00b',
    'a%',
    '%zz',
    'a_b-c.%20',
    'xn--',
    ':80',
    '[1:2]',
    'x/public?',
    'x\\public?',
    'x#',
  ]
  for (const host of [...refused, ...noURL]) {
    for (const time of ['once', 'again']) assert.equal(isHost(host), false, `${host} ${time}`)
  }
})
