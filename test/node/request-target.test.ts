import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isHost, parseTarget } from '../../src/node/request-target.ts'

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

test('what no origin server takes', () => {
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

test('both forms of a target say the same, and nothing of it is lost', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'z', '0', '-', '.', '~', '%', '/', ':', '@', '!', '&', '=', '+', ',', '?') })
  fc.assert(
    fc.property(text, (rest) => {
      const target = `/${rest}`
      const origin = parseTarget(target)
      const absolute = parseTarget(`http://host${target}`)
      assert.deepEqual(absolute, { ...origin, authority: 'host' })
      assert.equal(target.includes('?') ? `${origin?.path}?${origin?.search}` : origin?.path, target)
    }),
  )
})

test('hosts', () => {
  for (const host of ['example.com', 'localhost:8000', '127.0.0.1', '[::1]:80', '', 'a_b-c.%20']) assert.equal(isHost(host), true, host)
  for (const host of ['a, b', 'a b', 'a/b', 'user@host', 'host:port', '[::1', 'a\tb', 'host:1:2', 'é']) {
    for (const time of ['once', 'again']) assert.equal(isHost(host), false, `${host} ${time}`)
  }
})
