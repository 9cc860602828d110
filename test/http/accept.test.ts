/** Negotiation by `Accept`. */
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { acceptedEncodings, negotiate } from '../../src/http/accept.ts'
import { mixOf, wireText } from './arbitraries.ts'
import { assertEnds, repeated } from './hostile.ts'
import { fc } from '../support/fuzz.ts'

const JSON = 'application/json'
const CSV = 'text/csv; charset=utf-8'
const HTML = 'text/html; charset=utf-8'

const chosen: [accept: string, offers: string[], offer: string | undefined][] = [
  ['*/*', [JSON, CSV], JSON],
  ['*/*', [CSV, JSON], CSV],
  ['text/csv', [JSON, CSV], CSV],
  ['TEXT/CSV', [JSON, CSV], CSV],
  ['text/*', [JSON, CSV], CSV],
  ['text/*', [JSON, HTML, CSV], HTML],
  ['text/csv;q=0.5, application/json;q=0.4', [JSON, CSV], CSV],
  ['text/csv;q=0.5, application/json', [CSV, JSON], JSON],
  ['text/csv;q=0.5, */*;q=0.1', [JSON, CSV], CSV],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', [JSON, HTML], HTML],
  ['text/csv;q=0, */*', [CSV, JSON], JSON],
  ['text/csv;q=0', [CSV], undefined],
  ['*/*;q=0', [JSON, CSV], undefined],
  ['image/png', [JSON, CSV], undefined],
  ['text/csv; charset=utf-8', [JSON, CSV], CSV],
  ['text/csv; charset=UTF-8', [JSON, CSV], CSV],
  ['text/html;level=1', [HTML], HTML],
  ['application/json; charset=utf-8', [CSV, JSON], JSON],
  ['application/json; charset=utf-8, */*;q=0.1', [CSV, JSON], JSON],
  ['application/json;version=1;q=0.5, text/csv;q=0.6', [JSON, CSV], CSV],
  ['application/json;version=1;q=0, */*', [JSON, CSV], JSON],
  ['text/csv;header=present', [JSON, CSV], CSV],
  ['application/json;a="b,c";q=0.5, text/csv;q=0.1', [CSV, JSON], JSON],
  [`${'image/png,'.repeat(63)}text/csv`, [JSON, CSV], CSV],
  [`${'image/png,'.repeat(64)}text/csv`, [JSON, CSV], undefined],
  ['application/json;q=0.9,text/csv;q=0.9', [CSV, JSON], JSON],
  ['application/problem+json', [JSON], undefined],
  ['', [JSON, CSV], JSON],
  ['*', [JSON, CSV], JSON],
  ['image/png', [JSON, '*/*'], '*/*'],
  ['application/json', ['*/*', JSON], JSON],
  ['*/*', ['*/*', JSON], '*/*'],
  ['text/csv', [], undefined],
]
for (const [accept, offers, offer] of chosen) {
  test(`Accept: ${accept} of ${offers.join(' | ')} takes ${offer}`, () => assert.equal(negotiate(accept, offers), offer))
}

test('any Accept chooses one of the offers or none, and never throws', () => {
  const pieces = mixOf('text/csv', '*/*', ',', ';', 'q=', '0.5', '=', '"', '\\', '/', ' ')
  fc.assert(
    fc.property(fc.oneof(wireText, pieces), (accept) => {
      const offer = negotiate(accept, [JSON, CSV, HTML])
      assert.ok(offer === undefined || [JSON, CSV, HTML].includes(offer))
    }),
  )
})

test('a weight of zero is never chosen, whatever ranges surround it', () => {
  const range = fc.constantFrom('application/json', 'text/csv;q=0.1', 'text/*;q=0.3', '*/*;q=0.2', 'image/png')
  fc.assert(
    fc.property(fc.array(range), fc.array(range), (before, after) => {
      assert.notEqual(negotiate([...before, 'text/html;q=0', ...after].join(', '), [HTML, JSON, CSV]), HTML)
    }),
  )
})

test('codings: in the order that the client prefers, then in the order of the offers; uncoded content where it prefers that', () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    '': [],
    identity: [],
    gzip: ['gzip'],
    'gzip, deflate, br': ['br', 'gzip'],
    'br;q=0.5, gzip': ['gzip', 'br'],
    'br;q=0, *': ['gzip'],
    '*': ['br', 'gzip'],
    '*;q=0': [],
    GZIP: ['gzip'],
    'gzip;q=x, br;;': ['br'],
    'gzip;q=0.1, identity;q=0.9': [],
    'gzip;q=0.5, identity;q=0.5': ['gzip'],
    'br;q=0.2, identity;q=0.5, gzip': ['gzip'],
    'identity;q=0, gzip;q=0.1': ['gzip'],
  }
  for (const [field, expected] of Object.entries(cases)) assert.deepEqual(acceptedEncodings(field, ['br', 'gzip']), expected, field)
})

test('hostile fields are read in linear time', () => {
  for (const accept of repeated(',', ' ', '*/*,', 'a/b;', 'a/b;q="', '"', '\\', ';=', 'text/csv;q=0.5,')) {
    assertEnds(() => negotiate(`a/b${accept}`, [JSON, CSV]))
    assertEnds(() => acceptedEncodings(accept, ['br', 'gzip']))
  }
})
