import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseJSONText } from '../../src/schema/json-text.ts'
import { fc } from '../support/fuzz.ts'

const parse = (text: string) => parseJSONText(text, JSON.parse)

const nested = (levels: number) => '[{"a":'.repeat(levels / 2) + '1' + '}]'.repeat(levels / 2)

describe('nesting', () => {
  test('JSON as deep as the limit is read', () => assert.equal(parse(nested(512)).fault, undefined))
  test('JSON one level deeper is refused', () => {
    assert.deepEqual(parse(nested(514)), { fault: 'The content is JSON nested deeper than 512 levels', at: 6 * 256 })
  })
  test('ten million brackets are refused without a stack overflow', () => assert.equal(parse('['.repeat(10_000_000)).at, 512))
  test('brackets in strings are text', () => {
    const text = JSON.stringify(['['.repeat(1000), '\\', '"{'.repeat(1000), '\\"['])
    assert.deepEqual(parse(text).value, JSON.parse(text))
  })
  test('a closed bracket reduces the depth', () => assert.equal(parse(`[${'[[]],'.repeat(1000)}0]`).fault, undefined))
})

describe('keys', () => {
  test('__proto__ is dropped, however it is written', () => {
    for (const name of ['__proto__', '\\u005f_proto__', '__pr\\u006Fto__', '__p\\u0072o\\u0074o__']) {
      const { value } = parse(`{"a":[{"${name}":{"admin":true},"b":1}],"${name}":1}`)
      assert.deepEqual(Reflect.ownKeys(value as object), ['a'])
      assert.deepEqual(value, { a: [{ b: 1 }] })
      assert.equal(({ ...(value as object) } as Record<string, unknown>)['admin'], undefined)
    }
  })
  test('the last value of a repeated key counts', () => assert.deepEqual(parse('{"a":1,"a":2}').value, { a: 2 }))
})

test('a syntax error does not quote the text', () => {
  const { fault } = parse('{"password":"hunter2",}')
  assert.equal(fault, 'The content is not valid JSON')
})

const withoutPrototypes = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('__proto__'))

test('what JSON.parse takes is taken, what it refuses is refused within the text', () => {
  const pieces = fc.array(fc.constantFrom('[', ']', '{', '}', '"', '\\', ':', ',', '1', 'true', ' ', '"a"', '__proto__'), { maxLength: 30 })
  fc.assert(
    fc.property(withoutPrototypes, (value) => assert.deepEqual(parse(JSON.stringify(value)).value, JSON.parse(JSON.stringify(value)))),
  )
  fc.assert(
    fc.property(pieces, (some) => {
      const text = some.join('')
      const { fault, at } = parse(text)
      let valid = true
      try {
        JSON.parse(text)
      } catch {
        valid = false
      }
      assert.equal(fault === undefined, valid)
      if (at !== undefined) assert.ok(at >= 0 && at <= text.length)
    }),
  )
})
