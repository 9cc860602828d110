/** Rules about error responses, and about which requests get one. */
import { contentFor, responseFor } from '../document/operation.ts'
import { followSchema, isRecord, type Schema } from '../document/schema.ts'
import { isSuccess, mediaTypeOf, parseJSON, textOf } from '../send/wire.ts'
import type { ResponseRule, Exchange, Knowledge } from './rule.ts'

/** RFC 9457 §3.1: the types of the members, and a `status` that equals the status of the response. */
export const problem: ResponseRule = function* ({ response }) {
  const got = mediaTypeOf(response)
  if (got !== 'application/problem+json' || response.ending !== 'complete') return
  const place = `${response.status} ${got}`
  const value = parseJSON(textOf(response))?.value
  if (response.body.byteLength === 0) return
  if (!isRecord(value)) {
    yield { rule: 'problem', place, message: 'expected a JSON object, got another value' }
    return
  }
  for (const name of ['type', 'title', 'detail', 'instance']) {
    const member = value[name]
    if (member !== undefined && typeof member !== 'string')
      yield { rule: 'problem', place: `${place} ${name}`, message: `${name}: expected text, got ${typeof member}` }
  }
  const { status } = value
  if (status !== undefined && status !== response.status)
    yield {
      rule: 'problem',
      place: `${place} status`,
      message: `status: expected ${response.status}, the status of the response, got another value`,
    }
}

/** Errors about a resource (404, 409) may repeat its name. Errors about the form of the input, and failures of the server, may not repeat the input. */
export const echo: ResponseRule = function* ({ candidate, response }, knowledge) {
  const { status } = response
  if (status < 500 && status !== 400 && status !== 413 && status !== 415 && status !== 422) return
  if (response.body.byteLength === 0) return
  const text = unescaped(textOf(response))
  const place = placeOfEcho({ candidate, response }, knowledge, text)
  if (place !== undefined)
    yield { rule: 'echo', place: `${status} ${place}`, message: `expected no input in the error, got the value of ${place}` }
}

const LEAST_LETTERS = 7

function placeOfEcho({ candidate: { inputs } }: Exchange, { isPublic }: Knowledge, text: string): string | undefined {
  const isShown = (value: string) => value.length >= LEAST_LETTERS && /\d/.test(value) && text.includes(value) && !isPublic(value)
  for (const location of ['query', 'header', 'cookie'] as const) {
    for (const [name, value] of Object.entries(inputs[location]))
      for (const each of textsOf(value)) if (isShown(each)) return `${location}.${name}`
  }
  if (inputs.body === undefined) return undefined
  for (const [name, value] of Object.entries(isRecord(inputs.body.value) ? inputs.body.value : {}))
    for (const each of textsOf(value)) if (isShown(each)) return `body.${name}`
  for (const each of textsOf(inputs.body.value)) if (isShown(each)) return 'body'
  return undefined
}

/** All strings in a value, without property names. */
function* textsOf(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value
  else if (typeof value === 'object' && value !== null) for (const child of Object.values(value)) yield* textsOf(child)
}

/** Replaces the escapes of JSON strings with their characters. */
function unescaped(text: string): string {
  return text
    .replaceAll(/\\u([\da-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replaceAll(/\\(["\\/])/g, '$1')
}

/** Internal details that an error response must not show. */
const INTERNALS: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  {
    what: 'a stack trace',
    pattern:
      /^\s*at .+:\d+:\d+\)?$|\\n\s+at [^"]+:\d+:\d+|Traceback \(most recent call last\)|File "[^"]+", line \d+|\bat [\w.$<>]+\([\w]+\.java:\d+\)/m,
  },
  {
    what: 'a path of the server',
    pattern:
      /(?:\/(?:home|usr|var|srv|opt|app|Users|root)\/[\w./-]+\.(?:[cm]?[jt]sx?|py|rb|php|go|java)\b|node_modules\/|[A-Z]:\\\\?[\w\\]+\.(?:cs|ts|js|py)\b)/,
  },
  {
    what: 'a database query',
    pattern:
      /\b(?:SELECT [\w"*,.\s]+ FROM|INSERT INTO \S+|UPDATE \S+ SET|DELETE FROM \S+)\b|SQLSTATE|duplicate key value violates|ER_DUP_ENTRY|SQLITE_[A-Z]+/,
  },
  { what: 'an error of the internal network', pattern: /ECONNREFUSED|ENOTFOUND|ETIMEDOUT|EAI_AGAIN/ },
]

export const internals: ResponseRule = function* ({ response }) {
  if (response.status < 400 || response.body.byteLength === 0) return
  const text = textOf(response)
  const found = INTERNALS.find(({ pattern }) => pattern.test(text))
  if (found !== undefined)
    yield {
      rule: 'internals',
      place: `${response.status} ${found.what}`,
      message: `expected no internal detail in the error, got ${found.what}`,
    }
}

/** Statuses that say that a request is not valid. 401, 403, 404, 409, 410, 412 and 429 depend on the state of the server, so a valid request may get them. */
const REFUSALS = new Set([400, 405, 406, 411, 413, 414, 415, 422, 431])

export const validAccepted: ResponseRule = function* (exchange, knowledge) {
  const { verdict, phase, what, wire } = exchange.candidate
  const { status } = exchange.response
  if (verdict !== 'valid' || phase === 'probes' || !REFUSALS.has(status)) return
  // An earlier request may have had the same Idempotency-Key, so this 422 also depends on the state of the server.
  if (status === 422 && wire.headers.some(([name]) => name === 'idempotency-key')) return
  if (isErrorOfApp(exchange, knowledge)) return
  yield { rule: 'valid-accepted', place: String(status), message: `expected a valid request to be accepted, got ${status} (${what})` }
}

/**
 * Whether the document lists this error by its `code`, beside the error of a wrong input, which has no code of its own. The document then says that the
 * app may refuse what its schemas allow.
 */
function isErrorOfApp({ candidate: { operation }, response }: Exchange, { description: { root } }: Knowledge): boolean {
  const declared = responseFor(operation, response.status)
  const content = declared && contentFor(declared, mediaTypeOf(response) ?? '')
  const value = parseJSON(textOf(response))?.value
  if (content?.schema === undefined || !isRecord(value) || typeof value['code'] !== 'string') return false
  const codes = [...codesOf(root, content.schema.schema)]
  return codes.includes(value['code']) && codes.includes(undefined)
}

/** The constant `code` of each option of a schema; `undefined` for an option without one. */
function* codesOf(root: unknown, schema: Schema): Generator {
  const found = followSchema(root, schema)
  if (typeof found === 'boolean') return
  const options = found.oneOf ?? found.anyOf
  if (options !== undefined) for (const option of options) yield* codesOf(root, option)
  else {
    const code = followSchema(root, found.properties?.['code'] ?? {})
    yield typeof code === 'object' ? code.const : undefined
  }
}

export const invalidRefused: ResponseRule = function* ({ candidate: { verdict, what }, response }) {
  if (verdict !== 'invalid' || response.ending === 'none') return
  const place = what.split(':')[0]!
  if (isSuccess(response) || (response.status >= 300 && response.status < 400))
    yield { rule: 'invalid-refused', place, message: `${what}: expected a 4xx, got ${response.status}` }
}
