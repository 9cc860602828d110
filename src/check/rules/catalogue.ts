/** Every rule: its name, and what it says. docs/check.md has a section for each, with an example of what it finds. */

export const RULES = {
  document: 'The document itself is right: unique operation ids, declared path parameters, references that lead somewhere.',
  answered: 'Each request gets an answer, and the answer is whole.',
  'server-error': 'No request makes the server fail: no 500, and no other 5xx that is not declared.',
  status: 'The status of an answer is declared.',
  'media-type': 'The media type of an answer is declared for its status.',
  body: 'The content of an answer fits its schema.',
  'undeclared-field': 'An answer has no field that its schema does not name.',
  header: 'Declared response headers are sent and fit their schemas.',
  cookie: 'Cookies are declared, and their attributes are as declared and make sense.',
  framing: 'Statuses without content have none, HEAD has none, and no single-valued header is sent twice.',
  redirect: 'A redirect says where to.',
  problem: 'A body of application/problem+json fits RFC 9457.',
  echo: 'An error about the input, or a failure of the server, shows nothing of the input.',
  internals: 'An error shows no stack trace, path or query of the server.',
  'valid-accepted': 'A request that the document allows is not refused.',
  'invalid-refused': 'A request that the document forbids is refused with a 4xx.',
  head: 'HEAD answers as GET does, without content.',
  method: 'A method that is not declared is answered with 405 and Allow.',
  options: 'OPTIONS names the declared methods in Allow.',
  'not-modified': 'If-None-Match with the current ETag is answered with 304.',
  precondition: 'If-Match with another ETag is answered with 412 where 412 is declared.',
  range: 'Ranges are answered as RFC 9110 says: 206 with what was asked for, 416 beyond the end.',
  vary: 'Content that depends on Accept says so in Vary.',
  'not-acceptable': 'An Accept that nothing matches is answered with 406 where 406 is declared.',
  security: 'A declared security scheme refuses requests without credentials and with wrong ones.',
  'other-user': 'A second user does not reach what the first one created.',
  created: 'What was created can be read.',
  deleted: 'What was deleted is gone.',
  pages: 'Pages end, and show each item once.',
  'stream-item': 'Each item of a stream fits its schema.',
  'stream-resume': 'A stream that is resumed repeats nothing and leaves nothing out.',
  'stream-end': 'A stream that fails does not end as if it were complete.',
  time: 'An answer takes no longer than the time that was given. Off by default.',
} as const satisfies Readonly<Record<string, string>>

/** The name of a rule that holds an answer to its document. */
export type RuleName = keyof typeof RULES

export const RULE_NAMES = Object.keys(RULES) as readonly RuleName[]

export function isRuleName(name: string): name is RuleName {
  return Object.hasOwn(RULES, name)
}

/** Rules about the server as a whole: what one route gets wrong, all do, and it is one cause. */
const SERVER_WIDE: ReadonlySet<RuleName> = new Set(['head', 'method', 'options', 'not-modified', 'time'])

export function isServerWide(rule: RuleName): boolean {
  return SERVER_WIDE.has(rule)
}
