/** Rules about each response: it is complete, and its status, headers and content are as declared. */
import { responseFor, type Content, type DeclaredResponse } from '../document/operation.ts'
import { typesOf } from '../document/schema.ts'
import { findUndeclared } from '../model/undeclared.ts'
import { flatten } from '../generate/merge.ts'
import { headerOf, isJSON, isStream, mediaTypeOf, parseJSON, textOf, valuesOf, type Answer } from '../send/wire.ts'
import { MOST_BYTES } from '../send/stream-limit.ts'
import { contentPlace, type AnswerRule, type Exchange, type Knowledge } from './finding.ts'

export const answered: AnswerRule = function* ({ answer }) {
  const { ending, reason = 'the reason is unknown' } = answer
  if (ending === 'none') yield { rule: 'answered', place: 'no response', message: `expected a response, got none: ${reason}` }
  if (ending === 'cut' && !isStream(mediaTypeOf(answer)))
    yield { rule: 'answered', place: String(answer.status), message: `expected the complete content, got a part: ${reason}` }
}

export const serverError: AnswerRule = function* ({ candidate, answer: { status } }) {
  if (status < 500) return
  const isDeclared = status !== 500 && candidate.operation.responses.some(({ key }) => key === String(status))
  if (!isDeclared) yield { rule: 'server-error', place: String(status), message: `expected no server error, got ${status}` }
}

/** Statuses that HTTP defines for a header of the request. A document need not declare them (RFC 9110 §13, §14). */
const BY_HEADER: Readonly<Record<number, readonly string[]>> = {
  206: ['range'],
  304: ['if-none-match', 'if-modified-since'],
  412: ['if-match', 'if-unmodified-since'],
  416: ['range'],
}

export const status: AnswerRule = function* ({ candidate: { operation, wire }, answer }) {
  if (wire.headers.some(([name]) => BY_HEADER[answer.status]?.includes(name) === true)) return
  // The rule `server-error` reports an undeclared server error, and `document` an operation without responses.
  if (
    operation.responses.length === 0 ||
    answer.ending === 'none' ||
    answer.status >= 500 ||
    responseFor(operation, answer.status) !== undefined
  )
    return
  const declared = operation.responses.map(({ key }) => key).join(', ')
  yield { rule: 'status', place: String(answer.status), message: `expected one of ${declared}, got ${answer.status}` }
}

export const mediaType: AnswerRule = function* ({ candidate: { operation }, answer }) {
  const declared = responseFor(operation, answer.status)
  if (declared === undefined || operation.method === 'HEAD') return
  const got = mediaTypeOf(answer)
  const place = String(answer.status)
  const types = declared.contents.map(({ mediaType }) => mediaType)
  if (types.length === 0) {
    if (answer.body.byteLength > 0 && answer.status !== 304)
      yield { rule: 'media-type', place, message: `expected no content, got ${got ?? 'content'}` }
    return
  }
  if (answer.body.byteLength === 0 && got === undefined) {
    if (answer.ending === 'complete' && answer.status !== 304)
      yield { rule: 'media-type', place, message: `expected ${types.join(' or ')}, got no content` }
    return
  }
  if (got === undefined) yield { rule: 'media-type', place, message: `expected ${types.join(' or ')}, got content without a media type` }
  else if (contentFor(declared, got) === undefined)
    yield { rule: 'media-type', place: `${place} ${got}`, message: `expected ${types.join(' or ')}, got ${got}` }
}

/** The content with exactly this media type, else with a range: `text/*`, then the range of all media types. */
export function contentFor({ contents }: DeclaredResponse, mediaType: string): Content | undefined {
  const find = (range: string) => contents.find((content) => content.mediaType === range)
  return find(mediaType) ?? find(`${mediaType.split('/')[0]}/*`) ?? find('*/*')
}

export const body: AnswerRule = function* ({ candidate: { operation }, answer }, { validator, description }) {
  const got = mediaTypeOf(answer)
  const content = contentOf(operation, answer, got)
  if (content?.schema === undefined || !isWhole(answer) || operation.method === 'HEAD') return
  const value = valueOf(answer, got, content, description.root)
  if (value === undefined) {
    if (isJSON(got))
      yield {
        rule: 'body',
        place: contentPlace(answer, got),
        message: `expected JSON, got ${answer.body.byteLength === 0 ? 'no content' : 'other text'}`,
      }
    return
  }
  const mismatch = validator.mismatch(content.schema, value.value, 'response')
  if (mismatch !== undefined) {
    yield {
      rule: 'body',
      place: contentPlace(answer, got, mismatch.place),
      message: `${mismatch.place === '' ? '' : `${mismatch.place}: `}${mismatch.message}`,
    }
    return
  }
  for (const place of findUndeclared(description.root, content.schema.schema, value.value)) {
    yield {
      rule: 'undeclared-field',
      place: contentPlace(answer, got, place),
      message: `${place}: expected a declared field, got one that the schema does not name`,
    }
  }
}

function contentOf(operation: Exchange['candidate']['operation'], answer: Answer, got: string | undefined): Content | undefined {
  const declared = responseFor(operation, answer.status)
  return declared === undefined || got === undefined || isStream(got) ? undefined : contentFor(declared, got)
}

function isWhole({ ending, body, status }: Answer): boolean {
  return ending === 'complete' && body.byteLength < MOST_BYTES && status !== 304
}

/** The value of JSON, or of text whose schema has the type `string`. `undefined` for other content. */
function valueOf(answer: Answer, got: string | undefined, { schema }: Content, root: unknown): { value: unknown } | undefined {
  if (isJSON(got)) return parseJSON(textOf(answer))
  const flat = schema === undefined ? true : flatten(schema.schema, { root })
  const isText = got?.startsWith('text/') === true && typeof flat === 'object' && typesOf(flat).includes('string')
  return isText ? { value: textOf(answer) } : undefined
}

export const header: AnswerRule = function* ({ candidate: { operation }, answer }, knowledge) {
  const declared = responseFor(operation, answer.status)
  if (declared === undefined || answer.ending === 'none') return
  for (const { name, required, schema } of declared.headers) {
    const lower = name.toLowerCase()
    const place = `${answer.status} ${name}`
    const value = headerOf(answer, lower)
    if (value === undefined) {
      if (required) yield { rule: 'header', place, message: `expected the header ${name}, got none` }
    } else if (schema !== undefined && lower !== 'set-cookie' && !fitsHeader(value, schema, knowledge)) {
      yield { rule: 'header', place, message: `expected a value of ${name} that fits its schema, got another value` }
    }
  }
}

/** Whether the value fits its schema as text, JSON, a list or percent-encoded text. */
function fitsHeader(value: string, schema: NonNullable<Content['schema']>, { validator }: Knowledge): boolean {
  const parsed = parseJSON(value)
  const items = value.split(',').map((each) => each.trim())
  const readings = [
    value,
    ...(parsed === undefined ? [] : [parsed.value]),
    items,
    items.map((each) => parseJSON(each)?.value ?? each),
    safeDecode(value),
  ]
  return readings.some((reading) => validator.fits(schema, reading, 'response'))
}

function safeDecode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

const SINGLE = ['content-type', 'content-length', 'location', 'etag', 'last-modified', 'date', 'retry-after', 'content-range']

export const framing: AnswerRule = function* ({ candidate: { operation }, answer }) {
  const { status, body } = answer
  const place = String(status)
  for (const name of SINGLE)
    if (valuesOf(answer, name).length > 1)
      yield {
        rule: 'framing',
        place: `${place} ${name}`,
        message: `expected the header ${name} once, got it ${valuesOf(answer, name).length} times`,
      }
  if (operation.method === 'HEAD') return
  if (status === 204 || status === 205 || status === 304) {
    if (body.byteLength > 0) yield { rule: 'framing', place, message: `expected no content with ${status}, got content` }
    if (status === 204 && headerOf(answer, 'content-length') !== undefined)
      yield { rule: 'framing', place: `${place} content-length`, message: 'expected no Content-Length with 204, got one' }
    if (status !== 304 && headerOf(answer, 'content-type') !== undefined)
      yield { rule: 'framing', place: `${place} content-type`, message: `expected no Content-Type with ${status}, got one` }
  }
}

const REDIRECTS = new Set([301, 302, 303, 307, 308])

export const redirect: AnswerRule = function* ({ answer }) {
  if (!REDIRECTS.has(answer.status)) return
  const location = headerOf(answer, 'location')
  if (location === undefined) yield { rule: 'redirect', place: `${answer.status}`, message: 'expected the header Location, got none' }
  else if (!URL.canParse(location, 'http://localhost/'))
    yield { rule: 'redirect', place: `${answer.status}`, message: 'expected a URL in Location, got other text' }
}
