/** Runs a schema over a value that came in, and says in one language what every library finds wrong with it. */
import { compile, config, util, type $ZodIssue, type $ZodType, type ParsePayload } from 'zod/v4/core'
import type { InputIssue, InputResult } from './issue.ts'
import { isZod, readModel } from './read-model.ts'
import type { AnySchema } from './schema.ts'
import { everyNode } from './walk-node.ts'

/** `refused` is what was found unreadable before: nothing more is said of those places. */
export type Check = (value: unknown, refused: readonly InputIssue[]) => InputResult | Promise<InputResult>

export function compileCheck(schema: AnySchema): Check {
  const isOfZod = isZod(schema)
  const validate = isOfZod ? validator(schema as $ZodType) : schema['~standard'].validate
  const describe = isOfZod ? describeZod : describeForeign
  return (value, refused) => {
    const result = validate(value)
    return result instanceof Promise
      ? result.then((settled) => toResult(settled, value, refused, describe))
      : toResult(result, value, refused, describe)
  }
}

function validator(schema: $ZodType): Validate {
  const nodes = [...everyNode(readModel(schema), 'in')]
  const runsCode = nodes.some(({ kind }) => kind === 'island' || kind === 'codec')
  return runsCode ? validateOnce(schema) : compile(schema)['~standard'].validate
}

/**
 * `~standard` tries without promises first: code that turns out to be asynchronous would run twice,
 * and when it failed the first time, nobody would be there to hear of it and the process would end.
 */
function validateOnce(schema: $ZodType): Validate {
  return (value) => {
    const context = { async: true }
    const finish = ({ issues, value: output }: ParsePayload): Validated =>
      issues.length === 0 ? { value: output } : { issues: issues.map((issue) => util.finalizeIssue(issue, context, config())) }
    const result = schema._zod.run({ value, issues: [] }, context)
    return result instanceof Promise ? result.then(finish) : finish(result)
  }
}

/** `value` is what stands at the issue's place. */
type Describe = (issue: Issue, value: unknown) => Pick<InputIssue, 'code' | 'message'>

type Validate = AnySchema['~standard']['validate']
type Validated = Awaited<ReturnType<Validate>>
type Issue = NonNullable<Validated['issues']>[number]

function toResult(result: Validated, value: unknown, refused: readonly InputIssue[], describe: Describe): InputResult {
  if (result.issues === undefined) return refused.length === 0 ? { value: result.value } : { issues: refused }
  // `Array.from`, as libraries have lists of their own, whose `map` makes more of them.
  const found = Array.from(result.issues, (issue) => toInputIssue(issue, value, describe)).filter(
    ({ path }) => !refused.some((one) => startsWith(path, one.path)),
  )
  return { issues: [...refused, ...found] }
}

function startsWith(path: InputIssue['path'], start: InputIssue['path']): boolean {
  return start.every((step, index) => path[index] === step)
}

function toInputIssue(issue: Issue, value: unknown, describe: Describe): InputIssue {
  const path = Array.from(issue.path ?? [], (step) => toStep(typeof step === 'object' ? step.key : step))
  const found = valueAt(value, path)
  if (found === undefined && !isAboutKeys(issue)) return { path, code: 'missing', message: 'Field required' }
  return { path, ...describe(issue, found) }
}

function toStep(step: PropertyKey): string | number {
  return typeof step === 'number' ? step : String(step)
}

function valueAt(value: unknown, path: InputIssue['path']): unknown {
  let at = value
  for (const step of path) at = memberOf(at, step)
  return at
}

function memberOf(value: unknown, step: string | number): unknown {
  if (value instanceof Map) return value.get(step) as unknown
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string | number, unknown>>)[step] : undefined
}

function isAboutKeys(issue: Issue): boolean {
  return 'code' in issue && (issue.code === 'unrecognized_keys' || issue.code === 'invalid_key')
}

const TYPE_CODES: Readonly<Record<string, string>> = {
  number: 'number_type',
  bigint: 'int_type',
  boolean: 'bool_type',
  array: 'list_type',
  tuple: 'list_type',
  object: 'dict_type',
  record: 'dict_type',
  date: 'datetime_type',
}

const LIMIT_CODES = {
  too_small: { string: 'string_too_short', list: 'too_short', inclusive: 'greater_than_equal', exclusive: 'greater_than' },
  too_big: { string: 'string_too_long', list: 'too_long', inclusive: 'less_than_equal', exclusive: 'less_than' },
} as const

/** Other libraries like to quote what came: `Expected number but received "7"`, `must be a number (was "7")`. */
const describeForeign: Describe = ({ message }, value) => {
  const quoted = findQuoted(value, message)
  const rest = quoted === -1 ? message : message.slice(0, quoted).replace(BEFORE_QUOTED, '')
  return { code: 'value_error', message: rest === '' ? 'Input should be as its model says' : rest }
}

const BEFORE_QUOTED = /[\s(:,]*(?:but )?(?:received|was|got)?[\s(:]*$/i

/** Where the message begins to show the value; -1 where it does not. */
function findQuoted(value: unknown, message: string): number {
  if (value === null) return -1
  if (typeof value === 'object') return message.search(/[{[]/)
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return message.indexOf(String(value))
  if (typeof value !== 'string') return -1
  return Math.max(message.indexOf(`"${value}"`), message.indexOf(JSON.stringify(value)))
}

/** Never with a value or a key that came in: zod's message names undeclared keys. */
const describeZod: Describe = (issue) => {
  const { message } = issue
  const known = issue as unknown as $ZodIssue // what zod finds has more than the standard promises
  switch (known.code) {
    case 'invalid_type':
      return { code: TYPE_CODES[known.expected] ?? `${known.expected}_type`, message }
    case 'too_small':
    case 'too_big':
      return { code: limitCode(known), message }
    case 'invalid_format':
      return { code: known.format === 'regex' ? 'string_pattern_mismatch' : `${known.format}_parsing`, message }
    case 'not_multiple_of':
      return { code: 'multiple_of', message }
    case 'invalid_value':
      return { code: known.values.length === 1 ? 'literal_error' : 'enum', message }
    case 'invalid_union':
      return { code: known.discriminator === undefined ? 'union_error' : 'union_tag_invalid', message }
    case 'unrecognized_keys':
      return { code: 'extra_forbidden', message: 'Fields that are not declared are not allowed' }
    case 'invalid_key':
      return { code: 'invalid_key', message: 'A key does not fit its model' }
    default:
      return { code: 'value_error', message }
  }
}

function limitCode({ code, origin, inclusive }: { code: 'too_small' | 'too_big'; origin: string; inclusive?: boolean }): string {
  const codes = LIMIT_CODES[code]
  if (origin === 'string') return codes.string
  if (origin === 'array' || origin === 'set' || origin === 'map') return codes.list
  return inclusive === false ? codes.exclusive : codes.inclusive
}
