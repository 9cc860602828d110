/** The lies of the fixture server: the rule that finds each, and the operations that have it. */
import type { RuleName } from '../../src/check/index.ts'

interface Told {
  readonly rule: RuleName
  readonly operations: readonly string[]
}

const at = (rule: RuleName, ...operations: readonly string[]): Told => ({ rule, operations })
const ITEM = 'GET /items/{id}'
const ITEMS = ['POST /items', ITEM]

export const LIES = {
  // Differences between the documents of FastAPI and its servers.
  'operationId twice': at('document', 'GET /items'),
  'itemSchema in 3.1': at('document', 'GET /lines'),
  'error documented as HTML': at('media-type', 'GET /page'),
  'error documented as an event stream': at('media-type', 'GET /events'),
  'JSON documented, CSV sent': at('media-type', 'GET /search'),
  'redirect without Location': at('redirect', 'GET /old'),
  '401 without WWW-Authenticate': at('challenge', 'POST /notes'),
  'excluded field documented': at('body', ...ITEMS),
  'another shape of 422': at('body', 'GET /search'),
  'cookie not documented': at('cookie', 'POST /login'),
  'another status of success': at('status', 'POST /items'),
  'password in a list': at('undeclared-field', 'POST /items', 'GET /items'),
  'model of 200 with 400': at('body', 'POST /items'),
  'internal text in an error': at('internals', 'GET /search'),
  'error before the first event': at('stream-end', 'GET /events'),
  'error in the stream, clean end': at('stream-end', 'GET /lines'),
  '204 with a media type': at('framing', 'POST /logout'),
  '205 with content': at('framing', 'POST /reset'),
  'connection dropped': at('complete', 'GET /search'),
  'two media types': at('framing', 'GET /search'),
  '206 for an invalid range': at('range', 'GET /file'),
  '400 for an unknown range unit': at('range', 'GET /file'),
  'duration as a number': at('body', ...ITEMS),
  'input in the 422': at('echo', 'POST /items'),
  'HEAD is 405': at('head', 'GET /search'),
  '405 without Allow': at('method', 'GET /search'),
  // Other differences.
  'long name fails': at('server-error', 'POST /items'),
  'longest list fails': at('server-error', 'POST /items'),
  'character outside of ASCII fails': at('server-error', 'GET /search'),
  'long name refused': at('valid-accepted', 'POST /items'),
  'negative price accepted': at('invalid-refused', 'POST /items'),
  'missing query accepted': at('invalid-refused', 'GET /search'),
  'wrong option accepted': at('invalid-refused', 'GET /search'),
  'broken JSON accepted': at('invalid-refused', 'POST /items'),
  'any media type accepted': at('invalid-refused', 'POST /items'),
  'header missing': at('header', 'GET /items'),
  'header of another type': at('header', 'GET /items'),
  'cookie without HttpOnly': at('cookie', 'POST /login'),
  'SameSite=None without Secure': at('cookie', 'POST /login'),
  'HEAD without ETag': at('head', ...ITEMS),
  'undeclared method succeeds': at('method', 'GET /search'),
  'OPTIONS without Allow': at('options', 'GET /search'),
  'OPTIONS with a method too many': at('options', 'GET /search'),
  'If-None-Match ignored': at('not-modified', ...ITEMS),
  '304 to any ETag': at('not-modified', ...ITEMS),
  'If-Match ignored': at('precondition', 'POST /items', 'PUT /items/{id}'),
  'range of other bytes': at('range', 'GET /file'),
  '206 for a range beyond the end': at('range', 'GET /file'),
  'no Vary': at('vary', 'GET /report'),
  'Accept read wrongly': at('vary', 'GET /report'),
  'no 406': at('not-acceptable', 'GET /report'),
  'status in the problem differs': at('problem', 'GET /search'),
  'title of the problem is a number': at('problem', 'GET /search'),
  'no security': at('security', 'POST /notes'),
  'wrong token accepted': at('security', 'POST /notes'),
  'second user reads': at('other-user', 'POST /notes', 'GET /notes/{id}'),
  'created resource cannot be read': at('created', ...ITEMS),
  'deleted resource can be read': at('deleted', ...ITEMS, 'DELETE /items/{id}'),
  'pages repeat items': at('pages', 'POST /items', 'GET /items'),
  'pages leave items out': at('pages', 'POST /items', 'GET /items'),
  'event of another shape': at('stream-item', 'GET /events'),
  'line that is not JSON': at('stream-item', 'GET /lines'),
  'resumed from the start': at('stream-resume', 'GET /events'),
  'resumed too late': at('stream-resume', 'GET /events'),
  'line cut': at('stream-end', 'GET /lines'),
  'event cut': at('stream-end', 'GET /events'),
  'content cut': at('complete', 'GET /search'),
  'no response': at('complete', 'GET /old'),
  slow: at('time', 'GET /search'),
  'text instead of a number, in a list': at('body', 'POST /items', 'GET /items'),
  'null instead of a text': at('body', ...ITEMS),
  'another date format': at('body', ...ITEMS),
  'another option': at('body', ...ITEMS),
  'stack trace in an error': at('internals', 'GET /search'),
  'database query in an error': at('internals', 'GET /search'),
  'status that is not declared': at('status', 'GET /search'),
  'path parameter not declared': at('document', 'DELETE /items/{id}'),
  'reference without a target': at('document', 'POST /notes'),
} as const satisfies Readonly<Record<string, Told>>

export type Lie = keyof typeof LIES

export const ALL_LIES = Object.keys(LIES) as readonly Lie[]
