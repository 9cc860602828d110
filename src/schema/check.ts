/** Runs a schema over a value that came in, and says in one language what every library finds wrong with it. */
import { compile, type $ZodIssue, type $ZodType } from 'zod/v4/core'
import type { InputIssue, InputResult } from './issue.ts'
import { isZod } from './read-model.ts'
import type { AnySchema } from './schema.ts'

/** `refused` is what was found unreadable before: nothing more is said of those places. */
export type Check = (value: unknown, refused: readonly InputIssue[]) => InputResult | Promise<InputResult>

const NONE: readonly InputIssue[] = []

export function compileCheck(schema: AnySchema): Check {
  const { validate } = (isZod(schema) ? (compile(schema as $ZodType) as unknown as AnySchema) : schema)['~standard']
  return (value, refused) => {
    const result = validate(value)
    return result instanceof Promise ? result.then((settled) => toResult(settled, value, refused)) : toResult(result, value, refused)
  }
}

type Validated = Awaited<ReturnType<AnySchema['~standard']['validate']>>
type Issue = NonNullable<Validated['issues']>[number]

function toResult(result: Validated, value: unknown, refused: readonly InputIssue[] = NONE): InputResult {
  if (result.issues === undefined) return refused.length === 0 ? { value: result.value } : { issues: refused }
  const found = result.issues
    .map((issue) => toInputIssue(issue, value))
    .filter(({ path }) => !refused.some((one) => startsWith(path, one.path)))
  return { issues: [...refused, ...found] }
}

function startsWith(path: InputIssue['path'], start: InputIssue['path']): boolean {
  return start.every((step, index) => path[index] === step)
}

function toInputIssue(issue: Issue, value: unknown): InputIssue {
  const path = (issue.path ?? []).map((step) => toStep(typeof step === 'object' ? step.key : step))
  if (valueAt(value, path) === undefined && !isAboutKeys(issue)) return { path, code: 'missing', message: 'Field required' }
  return { path, ...describe(issue) }
}

function toStep(step: PropertyKey): string | number {
  return typeof step === 'number' ? step : String(step)
}

function valueAt(value: unknown, path: InputIssue['path']): unknown {
  let at = value
  for (const step of path) at = typeof at === 'object' && at !== null ? (at as Readonly<Record<string | number, unknown>>)[step] : undefined
  return at
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

/** Never with a value or a key that came in: zod's message names undeclared keys. */
function describe(issue: Issue): { code: string; message: string } {
  const { message } = issue
  if (!('code' in issue)) return { code: 'value_error', message }
  const known = issue as unknown as $ZodIssue
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
