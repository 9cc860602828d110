/** Every rule with its name and a sentence for reports, what a rule reads, and what it finds. docs/check.md has a section for each. */
import type { Description } from '../document/operation.ts'
import type { Candidate } from '../generate/request.ts'
import type { Validator } from '../model/validator.ts'
import type { WireResponse, WireRequest } from '../send/wire.ts'

export const RULES = {
  document: 'The document is valid: unique operation ids, declared path parameters, references with a target.',
  complete: 'Each request gets a complete response.',
  'server-error': 'No request makes the server fail: no 500, and no other 5xx that is not declared.',
  status: 'The status of a response is declared.',
  'media-type': 'The media type of a response is declared for its status.',
  body: 'The content of a response fits its schema.',
  'undeclared-field': 'A response has no field that its schema does not name.',
  header: 'Declared response headers are sent and fit their schemas.',
  cookie: 'Cookies are declared, and have the declared attributes and those that browsers require.',
  framing: '204, 205 and 304 have no content, and a header with one value is sent once.',
  redirect: 'A redirect has a Location that is a URL.',
  challenge: 'A 401 has WWW-Authenticate.',
  problem: 'A body of application/problem+json fits RFC 9457.',
  echo: 'An error about the input, or a failure of the server, does not repeat the input.',
  internals: 'An error shows no stack trace, path, query or network address of the server.',
  'valid-accepted': 'A request that the document allows is not refused.',
  'invalid-refused': 'A request that the document forbids is refused with a 4xx.',
  head: 'The response to HEAD has the status and headers of GET, and no content.',
  method: 'The response to an undeclared method is 405 with Allow.',
  options: 'The response to OPTIONS names the declared methods in Allow.',
  'not-modified': 'The response to If-None-Match with the current ETag is 304.',
  precondition: 'The response to If-Match with another ETag is 412, if 412 is declared.',
  range: 'The response to a range is 206 with its bytes, and 416 beyond the end (RFC 9110).',
  vary: 'If Accept selects the content, Vary names Accept.',
  'not-acceptable': 'The response to an Accept that nothing matches is 406, if 406 is declared.',
  security: 'An operation with a security scheme refuses requests without credentials or with wrong ones.',
  'other-user': 'A second user has no access to a resource that the first user created.',
  created: 'A resource that was created can be read.',
  deleted: 'A resource that was deleted cannot be read.',
  pages: 'The pages of a list end, and have each item once.',
  'stream-item': 'Each item of a stream fits its schema.',
  'stream-resume': 'A resumed stream repeats no event and leaves none out.',
  'stream-end': 'A stream that fails does not end as if it were complete.',
  time: 'A response takes no longer than the given time. Off by default.',
} as const satisfies Readonly<Record<string, string>>

/** The name of a rule of the check. */
export type RuleName = keyof typeof RULES

export const RULE_NAMES = Object.keys(RULES) as readonly RuleName[]

export function isRuleName(name: string): name is RuleName {
  return Object.hasOwn(RULES, name)
}

/** Rules that most routes of a server break in the same way. Their findings are one cause for all operations. */
const SERVER_WIDE: ReadonlySet<RuleName> = new Set(['challenge', 'head', 'method', 'options', 'not-modified', 'time'])

export function isServerWide(rule: RuleName): boolean {
  return SERVER_WIDE.has(rule)
}

export interface Finding {
  readonly rule: RuleName
  /** `GET /users/{user_id}`; empty for the document. */
  readonly operation: string
  /** `200 application/json items[].name`. Rule, operation and place identify a cause; rule and place if the rule is server-wide. */
  readonly place: string
  /** `expected string, got null` */
  readonly message: string
  /** The requests that reproduce the failure, in order. */
  readonly steps: readonly WireRequest[]
  /** The response to the last of them. */
  readonly response: WireResponse | undefined
}

export interface Exchange {
  readonly candidate: Candidate
  readonly response: WireResponse
}

/** What rules know of the document and the options. */
export interface Knowledge {
  readonly description: Description
  readonly validator: Validator
  /** Whether the document contains the text: then an error may repeat it. */
  readonly isPublic: (text: string) => boolean
  /** For the rule `time`. `undefined`: off. */
  readonly slowMs: number | undefined
}

export type ResponseRule = (exchange: Exchange, knowledge: Knowledge) => Iterable<Pick<Finding, 'rule' | 'place' | 'message'>>
