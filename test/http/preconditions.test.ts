/** Conditional requests, in the order of RFC 9110 §13.2.2. */
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { evaluateIfRange, evaluatePreconditions, type Outcome, type Validators } from '../../src/http/preconditions.ts'
import { mixOf, wireText } from './arbitraries.ts'
import { fc } from '../support/fuzz.ts'

const MODIFIED = 'Tue, 02 Jan 2024 03:04:05 GMT'
const EARLIER = 'Mon, 01 Jan 2024 00:00:00 GMT'
const LATER = 'Wed, 03 Jan 2024 00:00:00 GMT'
/** With milliseconds, which no header field can say. */
const lastModified = new Date('2024-01-02T03:04:05.678Z')
const strong: Validators = { etag: '"a"', lastModified }
const weak: Validators = { etag: 'W/"a"', lastModified }

const evaluate = (method: string, current: Validators | undefined, headers: Record<string, string>) =>
  evaluatePreconditions(method, current, (name) => headers[name])

const cases: [why: string, method: string, current: Validators | undefined, headers: Record<string, string>, outcome: Outcome][] = [
  ['no condition', 'GET', strong, {}, 'proceed'],
  ['If-Match with the tag', 'PUT', strong, { 'if-match': '"b", "a"' }, 'proceed'],
  ['If-Match with another tag', 'PUT', strong, { 'if-match': '"b"' }, 'precondition-failed'],
  ['If-Match compares strongly: a weak current tag', 'PUT', weak, { 'if-match': 'W/"a"' }, 'precondition-failed'],
  ['If-Match compares strongly: a weak tag asked', 'PUT', strong, { 'if-match': 'W/"a"' }, 'precondition-failed'],
  ['If-Match on GET too', 'GET', strong, { 'if-match': '"b"' }, 'precondition-failed'],
  ['If-Match: * with something there', 'PUT', strong, { 'if-match': '*' }, 'proceed'],
  ['If-Match: * without a tag, but something there', 'PUT', {}, { 'if-match': '*' }, 'proceed'],
  ['If-Match: * with nothing there', 'PUT', undefined, { 'if-match': '*' }, 'precondition-failed'],
  ['If-Match with a tag and nothing there', 'PUT', undefined, { 'if-match': '"a"' }, 'precondition-failed'],
  ['If-Match without a current tag', 'PUT', { lastModified }, { 'if-match': '"a"' }, 'precondition-failed'],
  ['If-Match that cannot be read', 'PUT', strong, { 'if-match': 'a' }, 'precondition-failed'],
  ['If-Unmodified-Since the same second', 'PUT', strong, { 'if-unmodified-since': MODIFIED }, 'proceed'],
  ['If-Unmodified-Since later', 'PUT', strong, { 'if-unmodified-since': LATER }, 'proceed'],
  ['If-Unmodified-Since earlier', 'PUT', strong, { 'if-unmodified-since': EARLIER }, 'precondition-failed'],
  ['If-Unmodified-Since that is no date', 'PUT', strong, { 'if-unmodified-since': 'yesterday' }, 'proceed'],
  ['If-Unmodified-Since without a date of its own', 'PUT', { etag: '"a"' }, { 'if-unmodified-since': EARLIER }, 'proceed'],
  ['If-Match puts If-Unmodified-Since aside', 'PUT', strong, { 'if-match': '"a"', 'if-unmodified-since': EARLIER }, 'proceed'],
  ['If-None-Match with the tag', 'GET', strong, { 'if-none-match': '"b", "a"' }, 'not-modified'],
  ['If-None-Match on HEAD', 'HEAD', strong, { 'if-none-match': '"a"' }, 'not-modified'],
  ['If-None-Match on PUT', 'PUT', strong, { 'if-none-match': '"a"' }, 'precondition-failed'],
  ['If-None-Match with another tag', 'GET', strong, { 'if-none-match': '"b"' }, 'proceed'],
  ['If-None-Match compares weakly: a weak tag asked', 'GET', strong, { 'if-none-match': 'W/"a"' }, 'not-modified'],
  ['If-None-Match compares weakly: a weak current tag', 'GET', weak, { 'if-none-match': '"a"' }, 'not-modified'],
  ['If-None-Match: *', 'GET', strong, { 'if-none-match': '*' }, 'not-modified'],
  ['If-None-Match: * on PUT with something there', 'PUT', {}, { 'if-none-match': '*' }, 'precondition-failed'],
  ['If-None-Match: * on PUT with nothing there', 'PUT', undefined, { 'if-none-match': '*' }, 'proceed'],
  ['If-None-Match that cannot be read', 'GET', strong, { 'if-none-match': 'a' }, 'proceed'],
  ['If-None-Match that is empty', 'GET', strong, { 'if-none-match': '' }, 'proceed'],
  ['If-Modified-Since the same second', 'GET', strong, { 'if-modified-since': MODIFIED }, 'not-modified'],
  ['If-Modified-Since later', 'HEAD', strong, { 'if-modified-since': LATER }, 'not-modified'],
  ['If-Modified-Since earlier', 'GET', strong, { 'if-modified-since': EARLIER }, 'proceed'],
  ['If-Modified-Since on POST', 'POST', strong, { 'if-modified-since': LATER }, 'proceed'],
  ['If-Modified-Since that is no date', 'GET', strong, { 'if-modified-since': '2024-01-03' }, 'proceed'],
  ['If-Modified-Since with two dates', 'GET', strong, { 'if-modified-since': `${LATER}, ${LATER}` }, 'proceed'],
  ['If-Modified-Since without a date of its own', 'GET', { etag: '"a"' }, { 'if-modified-since': LATER }, 'proceed'],
  ['If-None-Match puts If-Modified-Since aside', 'GET', strong, { 'if-none-match': '"b"', 'if-modified-since': LATER }, 'proceed'],
  ['If-None-Match that cannot be read puts it aside too', 'GET', strong, { 'if-none-match': 'b', 'if-modified-since': LATER }, 'proceed'],
  ['If-Match first, then If-None-Match', 'GET', strong, { 'if-match': '"a"', 'if-none-match': '"a"' }, 'not-modified'],
  ['If-Match that fails wins over If-None-Match', 'GET', strong, { 'if-match': '"b"', 'if-none-match': '"a"' }, 'precondition-failed'],
  [
    'If-Unmodified-Since first, then If-Modified-Since',
    'GET',
    strong,
    { 'if-unmodified-since': MODIFIED, 'if-modified-since': MODIFIED },
    'not-modified',
  ],
]
for (const [why, method, current, headers, outcome] of cases) {
  test(`${method}: ${why}: ${outcome}`, () => assert.equal(evaluate(method, current, headers), outcome))
}

const ranges: [why: string, ifRange: string, current: Validators, holds: boolean][] = [
  ['the strong tag', '"a"', strong, true],
  ['another tag', '"b"', strong, false],
  ['a weak tag asked', 'W/"a"', strong, false],
  ['a weak current tag', '"a"', weak, false],
  ['two weak tags', 'W/"a"', weak, false],
  ['no current tag', '"a"', { lastModified }, false],
  ['the exact date', MODIFIED, strong, true],
  ['a later date', LATER, strong, false],
  ['an earlier date', EARLIER, strong, false],
  ['no date of its own', MODIFIED, { etag: '"a"' }, false],
  ['neither tag nor date', 'a', strong, false],
  ['nothing', '', strong, false],
  ['a star, which the grammar has not', '*', strong, false],
]
for (const [why, ifRange, current, holds] of ranges)
  test(`If-Range with ${why}: ${holds}`, () => assert.equal(evaluateIfRange(ifRange, current), holds))

test('any fields have an outcome', () => {
  const field = fc.option(fc.oneof(wireText, mixOf('"a"', 'W/', ',', '*', MODIFIED, ' ')), { nil: undefined })
  const names = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since']
  fc.assert(
    fc.property(
      fc.constantFrom('GET', 'HEAD', 'PUT'),
      fc.constantFrom(strong, weak, {}, undefined),
      fc.tuple(field, field, field, field),
      (method, current, fields) => {
        const outcome = evaluatePreconditions(method, current, (name) => fields[names.indexOf(name)])
        assert.ok(outcome !== 'not-modified' || method !== 'PUT')
        evaluateIfRange(fields[0] ?? '', strong)
      },
    ),
  )
})
