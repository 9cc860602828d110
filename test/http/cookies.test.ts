/** Cookies: the field value that sets one, the one that deletes it, and reading what comes back. */
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { formatDeleteCookie, formatSetCookie, parseCookies, parseSetCookie, type CookieAttributes } from '../../src/http/cookies.ts'
import { assertField, toWellFormed } from '../../src/http/fields.ts'
import { anyText, mixOf } from './arbitraries.ts'
import { assertEnds, LENGTH, repeated } from './hostile.ts'
import { fc } from '../support/fuzz.ts'

const pairOf = (setCookie: string) => setCookie.split(';', 1)[0]!

test('by default the path is / and SameSite is Lax, nothing else', () => {
  assert.equal(formatSetCookie('c', 'v'), 'c=v; Path=/; SameSite=Lax')
})

test('every attribute', () => {
  const expires = new Date('2030-01-02T03:04:05Z')
  assert.equal(
    formatSetCookie('c', 'v', {
      domain: 'example.com',
      path: '/app',
      maxAge: 60,
      expires,
      httpOnly: true,
      secure: true,
      sameSite: 'strict',
      partitioned: true,
      priority: 'high',
    }),
    'c=v; Max-Age=60; Domain=example.com; Path=/app; Expires=Wed, 02 Jan 2030 03:04:05 GMT; HttpOnly; Secure; Partitioned; Priority=High; SameSite=Strict',
  )
})

test('attributes that are given as undefined keep their defaults', () => {
  const attributes = { path: undefined, sameSite: undefined, domain: undefined } as unknown as CookieAttributes
  assert.equal(formatSetCookie('c', 'v', attributes), 'c=v; Path=/; SameSite=Lax')
})

test('members that are not attributes never replace the name or value', () => {
  assert.equal(formatSetCookie('c', 'v', { name: 'evil', value: 'evil' } as CookieAttributes), 'c=v; Path=/; SameSite=Lax')
})

test('deleting expires the cookie twice over, with the attributes it was set with', () => {
  assert.equal(
    formatDeleteCookie('__Host-s', { secure: true, httpOnly: true, sameSite: 'strict', partitioned: true, maxAge: 60 }),
    '__Host-s=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; Partitioned; SameSite=Strict',
  )
  assert.equal(
    formatDeleteCookie('c', { path: '/app', domain: 'example.com' }),
    'c=; Max-Age=0; Domain=example.com; Path=/app; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Lax',
  )
})

test('deleting a cookie whose prefix needs Secure is secure by itself', () => {
  for (const name of ['__Secure-c', '__Host-c', '__HOST-c']) assert.match(formatDeleteCookie(name), /; Secure/)
  assert.doesNotMatch(formatDeleteCookie('c', { domain: undefined }), /Secure|Domain/)
})

const refused: [why: string, name: string, attributes: CookieAttributes, message: RegExp][] = [
  ['SameSite=None without Secure', 'c', { sameSite: 'none' }, /sameSite none needs secure/],
  ['SameSite=NONE without Secure', 'c', { sameSite: 'NONE' as 'none' }, /sameSite none needs secure/],
  ['Partitioned without Secure', 'c', { partitioned: true }, /partitioned needs secure/],
  ['__Secure- without Secure', '__Secure-c', {}, /prefix needs secure/],
  ['__Host- without Secure', '__Host-c', {}, /prefix needs secure/],
  ['a prefix in another case', '__HOST-c', {}, /prefix needs secure/],
  ['__Host- below the root', '__Host-c', { secure: true, path: '/app' }, /needs the path \//],
  ['__Host- with a domain', '__Host-c', { secure: true, domain: 'example.com' }, /allows no domain/],
  ['a broken second', 'c', { maxAge: 1.5 }, /maxAge must be a whole number/],
  ['an age that JavaScript writes with an exponent', 'c', { maxAge: 1e21 }, /maxAge must be a whole number/],
  ['no instant', 'c', { expires: new Date(Number.NaN) }, /expires must be an instant/],
  ['a year of five digits', 'c', { expires: new Date(8.64e15) }, /expires must be an instant/],
  ['a year that browsers do not read', 'c', { expires: new Date('1600-12-31T00:00:00Z') }, /expires must be an instant/],
  ['a path that ends the attribute', 'c', { path: '/; HttpOnly' }, /path is invalid/],
  ['a path with a line break', 'c', { path: '/\r\nEvil: 1' }, /path is invalid/],
  ['a domain with a line break', 'c', { domain: 'a\r\nb' }, /domain is invalid/],
]
for (const [why, name, attributes, message] of refused) {
  test(`refused: ${why}`, () => {
    assert.throws(() => formatSetCookie(name, 'v', attributes), { name: 'TypeError', message })
  })
}

test('a cookie that follows the rule of its prefix is accepted', () => {
  formatSetCookie('c', 'v', { sameSite: 'none', partitioned: true, secure: true })
  formatSetCookie('__Secure-c', 'v', { secure: true, domain: 'example.com', path: '/app' })
  formatSetCookie('__Host-c', 'v', { secure: true, path: '/' })
})

test('a name must be a token', () => {
  for (const name of ['', 'a b', 'a=b', 'a;b', 'a\r\nb', 'é', 'a,b', '"a"']) assert.throws(() => formatSetCookie(name, 'v'), TypeError)
})

test('no message, and no cause, holds a value', () => {
  const attempts: [string, CookieAttributes][] = [
    ['SECRET name', {}],
    ['c', { path: ';SECRET' }],
    ['c', { path: ':;SECRET' }],
    ['c', { domain: 'SECRET domain' }],
    ['c', { priority: 'SECRET' as 'low' }],
    ['c', { sameSite: 'SECRET' as 'lax' }],
  ]
  for (const [name, attributes] of attempts) {
    assert.throws(
      () => formatSetCookie(name, 'SECRET', attributes),
      (error: Error) => error instanceof TypeError && !error.message.includes('SECRET') && error.cause === undefined,
    )
  }
})

test('any value is read as it was set', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, mixOf('%', '%41', '"', ';', '=', ',', '\\', '+', '\r\n')), (value) => {
      const setCookie = formatSetCookie('c', value)
      assertField('set-cookie', setCookie)
      assert.match(setCookie, /^c=[^;]*; Path=\/; SameSite=Lax$/)
      assert.equal(parseCookies(`before=1; ${pairOf(setCookie)}; after=2`)['c'], toWellFormed(value))
    }),
  )
})

const read: [header: string, cookies: Record<string, string>][] = [
  ['', {}],
  ['foo=bar; baz=raz', { foo: 'bar', baz: 'raz' }],
  ['foo=bar;baz=raz;', { foo: 'bar', baz: 'raz' }],
  ['a=b=c', { a: 'b=c' }],
  ['a=', { a: '' }],
  ['a=1; a=2', { a: '1' }],
  ['flag; a=1', { a: '1' }],
  ['  a = 1 ', { a: '1' }],
  ['a=%', { a: '%' }],
  ['a=%zz%41', { a: '%zz%41' }],
  ['a=%ff', { a: '%ff' }],
  ['a=%E2%82%AC', { a: '€' }],
  ['a="b c"', { a: 'b c' }],
  ['a="', { a: '"' }],
  ['a=b"', { a: 'b"' }],
  ['a=""', { a: '' }],
  ['constructor=1; __proto__=2; toString=3', { constructor: '1', ['__proto__']: '2', toString: '3' }],
]
for (const [header, cookies] of read) {
  test(`read: ${header === '' ? 'nothing' : header}`, () => {
    assert.deepEqual(Object.entries(parseCookies(header)), Object.entries(cookies))
  })
}

test('only names that were sent are found', () => {
  const cookies = parseCookies('a=1')
  assert.equal(Object.getPrototypeOf(cookies), null)
  for (const name of ['constructor', '__proto__', 'toString']) assert.equal(cookies[name], undefined)
})

test('reading never throws', () => {
  fc.assert(fc.property(fc.oneof(anyText, mixOf(';', '=', '%', '"', ' ', 'a', '__proto__')), (header) => void parseCookies(header)))
})

test('hostile headers are read in linear time', () => {
  const headers = [...repeated(';', '=', 'a;', ' ', '"'), `a=${'%'.repeat(LENGTH)}`, `a="${'"'.repeat(LENGTH)}`, `=${' '.repeat(LENGTH)}a`]
  for (const header of headers) assertEnds(() => parseCookies(header))
})

test('what was formatted is read again', () => {
  const name = fc.stringMatching(/^[a-z]+$/)
  fc.assert(
    fc.property(name, fc.string({ unit: 'grapheme' }), (key, value) => {
      assert.deepEqual(parseSetCookie(formatSetCookie(key, value, { maxAge: 1, httpOnly: true })), { name: key, value, isEnd: false })
    }),
  )
})

test('a cookie ends where its age or its date says so, the age first', () => {
  assert.deepEqual(parseSetCookie(formatDeleteCookie('a')), { name: 'a', value: '', isEnd: true })
  assert.equal(parseSetCookie('a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT').isEnd, true)
  assert.equal(parseSetCookie('a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=5').isEnd, false)
  assert.equal(parseSetCookie('a=1').isEnd, false)
})

test('a cookie that browsers would drop because of its length is refused', () => {
  const most = 4096
  assert.equal(formatSetCookie('id', 'x'.repeat(most - 2)).indexOf(';'), most + 1)
  assert.throws(() => formatSetCookie('id', 'x'.repeat(most - 1)), /COOKIE: id: expected at most 4096 bytes/)
  // Three bytes each when it is encoded.
  assert.throws(() => formatSetCookie('id', ' '.repeat(most / 2)), /COOKIE: id: expected at most 4096 bytes/)
})

test('a cookie with a prefix is set, and deleted, under the rules of its prefix', () => {
  assert.throws(() => formatSetCookie('__Http-id', 'a', { secure: true }), /httpOnly/)
  assert.throws(() => formatSetCookie('__Http-id', 'a', { httpOnly: true }), /secure/)
  assert.throws(() => formatSetCookie('__Host-Http-id', 'a', { secure: true, httpOnly: true, path: '/a' }), /path/)
  for (const name of ['__Http-id', '__Host-Http-id', '__Secure-id', '__Host-id'])
    assert.match(formatDeleteCookie(name), /^[^;]+=; Max-Age=0; .*Secure/)
})
