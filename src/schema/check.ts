/** Validates an input by its schema, and turns the issues of any library into issues of one form. */
import { compile, config, util, type $ZodIssue, type $ZodRawIssue, type $ZodType, type ParseContextInternal } from 'zod/v4/core'
import { countOmitted, INPUT_CODE } from './zod-steps.ts'
import { toInputSchema, type InputForm } from './input-schema.ts'
import { toIssues, type InputIssue, type InputResult, type Refused, withoutTheirValues } from './issue.ts'
import type { Node } from './node.ts'
import { isZod, readModel } from './read-model.ts'
import { generatesAnyTime } from './run-time.ts'
import type { AnySchema } from './schema.ts'
import { everyNode, memberNodes, unwrap } from './walk-node.ts'

export type Check = (value: unknown) => InputResult | Promise<InputResult>

/** `form`: whether the value is JSON, or was converted from text already. */
export function compileCheck(schema: AnySchema, form: InputForm = 'values'): Check {
  if (!isZod(schema)) return checkByOther(schema)
  let check = generatesAnyTime ? undefined : checkByZod(schema, form)
  // Compiled for the first value, because zod generates code then, and an app may have hundreds of models that are rarely used.
  return (value) => (check ??= checkByZod(schema, form))(value)
}

function checkByZod(original: AnySchema & $ZodType, form: InputForm): Check {
  const { schema, isCompilable } = toInputSchema(original, form)
  const runsCode = [...everyNode(readModel(original), 'in')].some(({ kind }) => kind === 'island' || kind === 'codec')
  const { _zod: zod } = isCompilable && !runsCode ? compile(schema) : schema
  return (value) => {
    // A schema with code runs with `async` from the start. Otherwise asynchronous code would run twice, and the first rejection would be unhandled.
    const context: ParseContextInternal = { async: runsCode }
    const result = zod.run({ value, issues: [] }, context)
    return result instanceof Promise ? result.then((settled) => toResult(settled, context)) : toResult(result, context)
  }
}

function toResult({ value, issues }: { value: unknown; issues: readonly $ZodRawIssue[] }, context: ParseContextInternal): InputResult {
  if (issues.length === 0) return { value }
  const { kept, omitted } = countOmitted(issues)
  return told(
    toIssues(kept, (issue) => fromZod(issue, context)),
    omitted,
  )
}

/** `omitted` issues were left out before these. */
function told({ issues, omitted }: Refused, before = 0): InputResult {
  const count = before + (omitted ?? 0)
  return count === 0 ? { issues: withoutTheirValues(issues) } : { issues: withoutTheirValues(issues), omitted: count }
}

function checkByOther(schema: AnySchema): Check {
  const { validate } = schema['~standard']
  const node = readModel(schema)
  return (value) => {
    const judge = (result: Validated): InputResult =>
      result.issues === undefined ? { value: result.value } : told(toIssues(result.issues, (issue) => fromOther(issue, value, node)))
    const result = validate(value)
    return result instanceof Promise ? result.then(judge) : judge(result)
  }
}

type Validated = Awaited<ReturnType<AnySchema['~standard']['validate']>>
type ForeignIssue = NonNullable<Validated['issues']>[number]

function toPath(path: readonly unknown[] = []): InputIssue['path'] {
  return Array.from(path, (step) => toStep(typeof step === 'object' && step !== null && 'key' in step ? step.key : step))
}

/** A step of a path as JSON: other numbers and symbols become strings. */
function toStep(step: unknown): string | number {
  return typeof step === 'number' && Number.isSafeInteger(step) ? step : String(step)
}

const KEY_MESSAGE = 'A key does not fit its model'

const missing = (path: InputIssue['path']): InputIssue => ({ path, code: 'missing', message: 'Field required' })

/** The messages of other libraries are cut to this many characters before they are searched for the value. */
const MESSAGE_LIMIT = 300

/** Other libraries put the value or a key into the message: `Expected number but received "7"`, `must be a number (was "7")`. */
function fromOther({ path: steps, message }: ForeignIssue, value: unknown, node: Node): InputIssue {
  const path = toPath(steps)
  const found = path.reduce(memberOf, value)
  if (found === undefined) return missing(path)
  const keyAt = steps?.findIndex(isKey) ?? -1
  if (keyAt >= 0) return { path: path.slice(0, keyAt), refusedKeys: [path[keyAt]!], code: 'invalid_key', message: KEY_MESSAGE }
  const shown = message.slice(0, MESSAGE_LIMIT)
  const known = declaredPath(path, node)
  const secret = [findQuoted(found, shown), ...path.slice(known.length).map((step) => findKey(String(step), shown))].filter((at) => at >= 0)
  const rest = secret.length === 0 ? shown : withoutLead(shown.slice(0, Math.min(...secret)))
  return { path: known, code: 'value_error', message: rest === '' ? 'Input does not fit its model' : rest }
}

/** Whether a step of a path is a key itself, and not the value of that key. Valibot reports this. */
function isKey(step: unknown): boolean {
  return typeof step === 'object' && step !== null && 'origin' in step && step.origin === 'key'
}

/** The path up to the first step that the model does not declare, because such a step is text from the client. */
function declaredPath(path: InputIssue['path'], root: Node): InputIssue['path'] {
  let at: readonly Node[] = [root]
  for (const [index, step] of path.entries()) {
    at = at.flatMap((node) => stepInto(unwrap(node), step))
    if (at.length === 0) return path.slice(0, index)
  }
  return path
}

function stepInto(node: Node, step: string | number): readonly Node[] {
  if (node.kind === 'union') return node.options.flatMap((option) => stepInto(unwrap(option), step))
  if (node.kind === 'intersection') return [node.left, node.right].flatMap((side) => stepInto(unwrap(side), step))
  // A library that does not describe its models may name any path.
  return node.kind === 'island' ? [ANY] : memberNodes(node, step)
}

const ANY: Node = { kind: 'any' }

function memberOf(value: unknown, step: string | number): unknown {
  if (value instanceof Map) return value.get(step) as unknown
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
  return (value as Readonly<Record<string | number, unknown>>)[step]
}

/** The index at which the message contains the value; -1 if it does not. */
function findQuoted(value: unknown, message: string): number {
  if (value === null) return -1
  if (typeof value === 'object') return message.search(/[{[]/)
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return message.indexOf(String(value))
  if (typeof value !== 'string') return -1
  // If the message was cut inside the value, it contains only the beginning of the value.
  const quoted = [`"${value}"`, JSON.stringify(value), `'${value}'`]
  const found = quoted.map((text) => message.indexOf(text.slice(0, MESSAGE_LIMIT / 4))).filter((at) => at >= 0)
  return found.length === 0 ? -1 : Math.min(...found)
}

function findKey(key: string, message: string): number {
  const at = message.indexOf(key)
  return at > 0 && `"'`.includes(message[at - 1]!) ? at - 1 : at
}

/** Removes the words before the value from the end of the message. Not by a regular expression, which would take cubic time. */
function withoutLead(message: string): string {
  const bare = trimEnd(message)
  const lower = bare.toLowerCase()
  const word = ['received', 'was', 'got'].find((lead) => lower.endsWith(lead))
  if (word === undefined) return bare
  const rest = trimEnd(bare.slice(0, -word.length))
  return rest.toLowerCase().endsWith(' but') ? trimEnd(rest.slice(0, -' but'.length)) : rest
}

const TRIMMED = ' \t\r\n(:,'

function trimEnd(text: string): string {
  let end = text.length
  while (end > 0 && TRIMMED.includes(text[end - 1]!)) end--
  return text.slice(0, end)
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

/** Our message for an issue of zod. Zod's own message can contain undeclared keys of the input. */
function fromZod(raw: $ZodRawIssue, context: ParseContextInternal): InputIssue {
  const path = toPath(raw.path)
  if (raw.input === undefined) return missing(path)
  const known: $ZodIssue = util.finalizeIssue(raw, context, config())
  // The last step of the path is the refused key. For a key that is neither a string nor a number, zod has no step.
  if (known.code === 'invalid_key' && known.origin === 'record')
    return { path: path.slice(0, -1), refusedKeys: path.slice(-1), ...describeIssue(known) }
  if (known.code === 'unrecognized_keys') return { path, refusedKeys: known.keys, ...describeIssue(known) }
  return { path, ...describeIssue(known) }
}

function describeIssue(known: $ZodIssue): Pick<InputIssue, 'code' | 'message'> {
  const message = typeof known.message === 'string' ? known.message : 'Invalid input'
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
      return { code: 'invalid_key', message: KEY_MESSAGE }
    case 'custom':
      return { code: (known.params as { readonly [INPUT_CODE]?: string } | undefined)?.[INPUT_CODE] ?? 'value_error', message }
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
