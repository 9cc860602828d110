/** Well-formed text: only lone surrogates change. */
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { toWellFormed } from '../../src/http/fields.ts'
import { anyText } from './arbitraries.ts'
import { fc } from '../support/fuzz.ts'

test('lone surrogates become U+FFFD, pairs stay', () => {
  assert.equal(toWellFormed('a\ud800b\udc00\ud83d\ude80'), 'a\ufffdb\ufffd🚀')
})

test('it is what a UTF-8 encoder makes of the text', () => {
  fc.assert(
    fc.property(anyText, (text) =>
      assert.equal(toWellFormed(text), new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(text))),
    ),
  )
})
