/** Header fields: what a name and a value may hold, and which fields gather values. */
import { strict as assert } from 'node:assert'
import { validateHeaderName, validateHeaderValue } from 'node:http'
import { test } from 'node:test'
import { assertField, isListField } from '../../src/http/fields.ts'
import { anyText, mixOf } from './arbitraries.ts'
import { fc } from '../support/fuzz.ts'

function accepts(check: () => void): boolean {
  try {
    check()
    return true
  } catch (error) {
    assert.ok(error instanceof TypeError)
    return false
  }
}

test('a valid header name and value are accepted', () => {
  for (const value of ['', 'a', 'a b\tc', 'caf\xe9', '"x; y", z', '\x80\xff']) assertField('X-Lab', value)
  assertField("!#$%&'*+-.^_`|~09azAZ", 'v')
})

test('a name that is not a token is refused', () => {
  for (const name of ['', ' ', 'a b', 'a:', 'é', 'a\r\nb', '(a)', 'a"']) assert.throws(() => assertField(name, 'v'), TypeError)
})

test('line breaks, NUL and other controls are refused', () => {
  for (const character of ['\r', '\n', '\0', '\x01', '\x0b', '\x1f', '\x7f']) {
    assert.throws(() => assertField('X-Lab', `a${character}b`), /^TypeError: FIELD_VALUE: X-Lab: .*one line/)
  }
})

test('text beyond Latin-1 is refused with a fix in the message', () => {
  for (const value of ['日本', 'a\u0100', '\ud800', '🚀']) {
    assert.throws(() => assertField('X-Lab', value), /^TypeError: FIELD_VALUE: X-Lab: .*above U\+00FF.*Encode it/)
  }
})

test('whitespace around a value, which would not arrive, is refused', () => {
  for (const value of [' a', 'a ', '\ta', 'a\t', ' ']) assert.throws(() => assertField('X-Lab', value), /whitespace/)
})

test('a value that is not a string is refused', () => {
  for (const value of [undefined, null, 5, ['a'], { toString: () => 'a' }]) {
    assert.throws(() => assertField('X-Lab', value as unknown as string), /^TypeError: FIELD_VALUE: X-Lab: .*must be a string/)
  }
})

test('a message never holds the value, nor a name that is not a token', () => {
  for (const secret of ['SECRET\n', 'SECRET\u0100', ' SECRET']) {
    assert.throws(
      () => assertField('X-Lab', secret),
      (error: Error) => !error.message.includes('SECRET'),
    )
    assert.throws(
      () => assertField(secret, 'v'),
      (error: Error) => !error.message.includes('SECRET'),
    )
  }
})

test('every accepted field is accepted by Node too, so that no later write fails', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, mixOf('a', ' ', '\t', '\r\n')), fc.oneof(anyText, mixOf('a', '-', ':')), (value, name) => {
      if (accepts(() => assertField(name, value))) {
        validateHeaderName(name)
        validateHeaderValue(name, value)
        assert.equal(value.replace(/^[\t ]+|[\t ]+$/g, ''), value)
      } else {
        assert.ok(!accepts(() => validateHeaderName(name)) || !accepts(() => validateHeaderValue(name, value)) || value !== value.trim())
      }
    }),
  )
})

test('list headers are found in any letter case', () => {
  for (const name of [
    'Set-Cookie',
    'set-cookie',
    'LINK',
    'Vary',
    'WWW-Authenticate',
    'Proxy-Authenticate',
    'Warning',
    'Server-Timing',
    'Via',
  ]) {
    assert.equal(isListField(name), true, name)
  }
  for (const name of ['Cache-Control', 'Content-Type', 'Allow', 'X-Once', 'constructor', '']) assert.equal(isListField(name), false, name)
})
