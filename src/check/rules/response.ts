/** Rules about each response: it is complete and in time, and its status, media type and content are as declared. */
import { contentFor, responseFor, type Content } from '../document/operation.ts'
import { typesOf } from '../document/schema.ts'
import { findUndeclared } from '../model/undeclared.ts'
import { flatten } from '../generate/merge.ts'
import { isJSON, isStream, mediaTypeOf, parseJSON, textOf, MOST_BYTES, type WireResponse } from '../send/wire.ts'
import type { ResponseRule, Exchange } from './rule.ts'

export const complete: ResponseRule = function* ({ response }) {
  const { ending, reason = 'the reason is unknown' } = response
  if (ending === 'none') yield { rule: 'complete', place: 'no response', message: `expected a response, got none: ${reason}` }
  if (ending === 'cut' && !isStream(mediaTypeOf(response)))
    yield { rule: 'complete', place: String(response.status), message: `expected the complete content, got a part: ${reason}` }
}

export const time: ResponseRule = function* ({ response }, { slowMs }) {
  if (slowMs !== undefined && response.milliseconds > slowMs)
    yield { rule: 'time', place: 'time', message: `expected a response within ${slowMs} ms, got one that took longer` }
}

export const serverError: ResponseRule = function* ({ candidate, response: { status } }) {
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

export const status: ResponseRule = function* ({ candidate: { operation, wire }, response }) {
  if (wire.headers.some(([name]) => BY_HEADER[response.status]?.includes(name) === true)) return
  // The rule `server-error` reports an undeclared server error, and `document` an operation without responses.
  if (
    operation.responses.length === 0 ||
    response.ending === 'none' ||
    response.status >= 500 ||
    responseFor(operation, response.status) !== undefined
  )
    return
  const declared = operation.responses.map(({ key }) => key).join(', ')
  yield { rule: 'status', place: String(response.status), message: `expected one of ${declared}, got ${response.status}` }
}

export const mediaType: ResponseRule = function* ({ candidate: { operation }, response }) {
  const declared = responseFor(operation, response.status)
  if (declared === undefined || operation.method === 'HEAD') return
  const got = mediaTypeOf(response)
  const place = String(response.status)
  const types = declared.contents.map(({ mediaType }) => mediaType)
  if (types.length === 0) {
    if (response.body.byteLength > 0 && response.status !== 304)
      yield { rule: 'media-type', place, message: `expected no content, got ${got ?? 'content'}` }
    return
  }
  if (response.body.byteLength === 0 && got === undefined) {
    if (response.ending === 'complete' && response.status !== 304)
      yield { rule: 'media-type', place, message: `expected ${types.join(' or ')}, got no content` }
    return
  }
  if (got === undefined) yield { rule: 'media-type', place, message: `expected ${types.join(' or ')}, got content without a media type` }
  else if (contentFor(declared, got) === undefined)
    yield { rule: 'media-type', place: `${place} ${got}`, message: `expected ${types.join(' or ')}, got ${got}` }
}

export const body: ResponseRule = function* ({ candidate: { operation }, response }, { validator, description }) {
  const got = mediaTypeOf(response)
  const content = contentOf(operation, response, got)
  if (content?.schema === undefined || !isWhole(response) || operation.method === 'HEAD') return
  const value = valueOf(response, got, content, description.root)
  if (value === undefined) {
    if (isJSON(got))
      yield {
        rule: 'body',
        place: contentPlace(response, got),
        message: `expected JSON, got ${response.body.byteLength === 0 ? 'no content' : 'other text'}`,
      }
    return
  }
  const mismatch = validator.mismatch(content.schema, value.value, 'response')
  if (mismatch !== undefined) {
    yield {
      rule: 'body',
      place: contentPlace(response, got, mismatch.place),
      message: `${mismatch.place === '' ? '' : `${mismatch.place}: `}${mismatch.message}`,
    }
    return
  }
  for (const place of findUndeclared(description.root, content.schema.schema, value.value)) {
    yield {
      rule: 'undeclared-field',
      place: contentPlace(response, got, place),
      message: `${place}: expected a declared field, got one that the schema does not name`,
    }
  }
}

function contentPlace(response: WireResponse, mediaType: string | undefined, place = ''): string {
  return [String(response.status), mediaType ?? '', place].filter((part) => part !== '').join(' ')
}

function contentOf(operation: Exchange['candidate']['operation'], response: WireResponse, got: string | undefined): Content | undefined {
  const declared = responseFor(operation, response.status)
  return declared === undefined || got === undefined || isStream(got) ? undefined : contentFor(declared, got)
}

function isWhole({ ending, body, status }: WireResponse): boolean {
  return ending === 'complete' && body.byteLength < MOST_BYTES && status !== 304
}

/** The value of JSON, or of text whose schema has the type `string`. `undefined` for other content. */
function valueOf(response: WireResponse, got: string | undefined, { schema }: Content, root: unknown): { value: unknown } | undefined {
  if (isJSON(got)) return parseJSON(textOf(response))
  const flat = schema === undefined ? true : flatten(schema.schema, { root })
  const isText = got?.startsWith('text/') === true && typeof flat === 'object' && typesOf(flat).includes('string')
  return isText ? { value: textOf(response) } : undefined
}
