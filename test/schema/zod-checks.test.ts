import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { readModel } from '../../src/schema/read-model.ts'
import type { AnySchema } from '../../src/schema/schema.ts'
import { fc } from '../support/fuzz.ts'

function keepsOf(schema: AnySchema): ((value: unknown) => boolean) | undefined {
  const node = readModel(schema)
  assert.ok(node.kind === 'island')
  return node.keeps
}

describe('a URL that zod needs not be asked about', () => {
  const label = fc.stringMatching(/^[a-zA-Z0-9]{1,4}(-{0,2}[a-zA-Z0-9]{1,3}){0,2}$/)
  const odd = fc.constantFrom('xn--a', 'xn--', '0x1', '256', '1.2.3.999', '-', '', '%00', '[::1]', 'a_b', 'ü')
  const labels = fc.array(fc.oneof({ weight: 9, arbitrary: label }, odd), { minLength: 0, maxLength: 3 })
  const last = fc.oneof({ weight: 4, arbitrary: fc.stringMatching(/^[a-zA-Z]{2,4}$/) }, label, odd)
  const host = fc.tuple(labels, last).map(([before, end]) => [...before, end].join('.'))
  const port = fc.oneof({ weight: 4, arbitrary: fc.constant('') }, fc.constantFrom(':', ':80', ':9999', ':65536', ':99999', ':a'))
  const rest = fc.oneof(fc.string({ unit: 'binary-ascii', maxLength: 12 }), fc.stringMatching(/^[!-~]{0,12}$/))
  const tail = fc.tuple(fc.constantFrom('', '/', '?', '#', '@', '\\'), rest).map((parts) => parts.join(''))
  const url = fc
    .tuple(fc.constantFrom('http://', 'https://', 'HTTP://', 'http:', 'ftp://', ' http://'), host, port, tail)
    .map((parts) => parts.join(''))

  test('law: zod returns every URL that the test accepts unchanged', () => {
    const schema = z.url()
    const keeps = keepsOf(schema)!
    let kept = 0
    fc.assert(
      fc.property(url, (text) => {
        if (!keeps(text)) return
        kept += 1
        assert.equal(schema.parse(text), text)
      }),
      { numRuns: 20_000 },
    )
    assert.ok(kept > 300)
  })

  test('the test accepts usual URLs and leaves unusual ones to zod', () => {
    const keeps = keepsOf(z.url())!
    for (const text of ['https://example.com', 'https://api.example.co.uk:8443/users/1?a=%20b#c', 'http://a-b.example.com/~x/(y)']) {
      assert.equal(keeps(text), true, text)
    }
    for (const value of [
      'https://example.com/a b',
      'https://ex\nample.com',
      'https://xn--a.com',
      'https://localhost',
      'http://1.2.3.4',
      1,
      null,
    ]) {
      assert.equal(keeps(value), false, String(value))
    }
  })

  test('there is no test where the schema asks for more than a URL', () => {
    assert.ok(keepsOf(z.url().min(20)))
    for (const schema of [
      z.url({ normalize: true }),
      z.url({ hostname: /^a/ }),
      z.url({ protocol: /^https$/ }),
      z.httpUrl(),
      z.url().trim(),
      z.url().refine(() => true),
      z.url().check(z.base64()),
      z.string().trim(),
    ]) {
      assert.equal(keepsOf(schema), undefined)
    }
  })
})
