/** Reads the checks of a zod schema into the limits, patterns and formats of its node. */
import type { $ZodChecks, $ZodType } from 'zod/v4/core'
import { type IslandNode, type Node, FORMAT_RANGES, SAFE_RANGE } from './node.ts'

type CheckDefinition = $ZodChecks['_zod']['def']
type Island = (schema: $ZodType, reason: string, input: Node, output: Node) => IslandNode

/** A node whose limits are being gathered. */
type Draft = { -readonly [Key in keyof Limits]?: Limits[Key] } & { patterns?: RegExp[] }

interface Limits {
  minLength: number
  maxLength: number
  minItems: number
  maxItems: number
  minBytes: number
  maxBytes: number
  mediaTypes: readonly string[]
  minimum: unknown
  maximum: unknown
  exclusiveMinimum: unknown
  exclusiveMaximum: unknown
  multipleOf: number
  integer: boolean
  format: string
  implied: RegExp
  check: (value: string) => boolean
}

/** Adds the checks to a node. Checks that are code turn it into an island. */
export function withChecks(node: Node, schema: $ZodType, island: Island): Node {
  const checks = checksOf(schema)
  // An island is validated by its library already.
  if (checks.length === 0 || node.kind === 'island') return node
  if (node.kind === 'codec') return { ...node, encode: (value) => (passes(checks, value) ? node.encode(value) : undefined) }
  const draft: Draft = node.kind === 'string' ? { patterns: [...node.patterns] } : {}
  let code: string | undefined
  /** Whether a plain URL is the only check that a node cannot express. */
  let isURL = true
  for (const check of checks) {
    const reason = apply(check._zod.def, node, draft)
    code ??= reason
    isURL &&= isBareURL(check) || (reason === undefined && !isBeyondPatterns(check))
  }
  if (code === undefined && draft.patterns !== undefined && checks.some(isBeyondPatterns)) draft.check = (value) => isValid(schema, value)
  const limited = { ...node, ...draft } as Node
  if (code === undefined) return limited
  const made: IslandNode = { ...island(schema, code, limited, limited), base: node, recheck: (value) => recheck(checks, value) }
  return isURL ? { ...made, keeps: isPlainURL } : made
}

function isBareURL({ _zod: { def } }: $ZodChecks): boolean {
  return 'format' in def && def.format === 'url' && !('normalize' in def || 'hostname' in def || 'protocol' in def)
}

/**
 * URLs that every parser accepts and zod returns unchanged, as nearly all are. Excludes two consecutive hyphens, which begin a Punycode name, and a
 * last label that is a number (WHATWG URL §3.5).
 */
const PLAIN_URL = /^https?:\/\/(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,}(?::[0-9]{1,4})?(?:[/?#][\x21-\x7e]*)?$/i

function isPlainURL(value: unknown): boolean {
  return typeof value === 'string' && PLAIN_URL.test(value)
}

interface Checked {
  readonly check?: string
  readonly checks?: readonly $ZodChecks[]
}

/** A format such as `z.email()` is a schema and its own first check. */
function checksOf(schema: $ZodType): readonly $ZodChecks[] {
  const { check, checks = [] } = schema._zod.def as unknown as Checked // the definitions of all kinds have no type in common
  if (check === undefined || check === 'custom') return checks
  return [schema as unknown as $ZodChecks, ...checks] // a schema that has a check of its own is that check
}

/** Whether a value passes the checks. The checks of a codec apply to the value in the program. */
function passes(checks: readonly $ZodChecks[], value: unknown): boolean {
  const payload: Payload = { value, issues: [] }
  return checks.every(({ _zod: check }) => !(runCheck(check, payload) instanceof Promise)) && payload.issues.length === 0
}

/** Runs the checks up to the first that fails. */
function recheck(checks: readonly $ZodChecks[], value: unknown): ReturnType<NonNullable<IslandNode['recheck']>> {
  const payload: Payload = { value, issues: [] }
  for (const { _zod: check } of checks) {
    if (check.def.when?.(payload as never) === false) continue // it reads only the issues, but its type is that of the check's own value
    const pending = runCheck(check, payload)
    if (pending instanceof Promise) return pending as Promise<never>
    if (payload.issues.length > 0) return { issues: payload.issues.map(({ path = [] }) => ({ message: '', path })) }
  }
  return { value: payload.value }
}

function runCheck(check: $ZodChecks['_zod'], payload: Payload): unknown {
  return check.check(payload as never) // each check has the type of its own kind, and there is no common one
}

interface Payload {
  value: unknown
  readonly issues: { readonly path?: readonly PropertyKey[] }[]
}

/** Adds a check to the draft. Returns the reason if the check is code, which a node cannot express. */
function apply(check: CheckDefinition, node: Node, draft: Draft): string | undefined {
  switch (check.check) {
    case 'min_length':
      raise(draft, node.kind === 'string' ? 'minLength' : 'minItems', check.minimum)
      return undefined
    case 'max_length':
      lower(draft, node.kind === 'string' ? 'maxLength' : 'maxItems', check.maximum)
      return undefined
    case 'length_equals':
      raise(draft, node.kind === 'string' ? 'minLength' : 'minItems', check.length)
      lower(draft, node.kind === 'string' ? 'maxLength' : 'maxItems', check.length)
      return undefined
    case 'min_size':
      raise(draft, node.kind === 'file' ? 'minBytes' : 'minItems', check.minimum)
      return node.kind === 'map' ? 'a size check' : undefined
    case 'max_size':
      lower(draft, node.kind === 'file' ? 'maxBytes' : 'maxItems', check.maximum)
      return node.kind === 'map' ? 'a size check' : undefined
    case 'size_equals':
      raise(draft, node.kind === 'file' ? 'minBytes' : 'minItems', check.size)
      lower(draft, node.kind === 'file' ? 'maxBytes' : 'maxItems', check.size)
      return node.kind === 'map' ? 'a size check' : undefined
    case 'greater_than':
      raise(draft, check.inclusive ? 'minimum' : 'exclusiveMinimum', check.value)
      return undefined
    case 'less_than':
      lower(draft, check.inclusive ? 'maximum' : 'exclusiveMaximum', check.value)
      return undefined
    case 'multiple_of':
      if (typeof check.value !== 'number' || draft.multipleOf !== undefined) return 'a multiple of a bigint, or of two numbers'
      draft.multipleOf = check.value
      return undefined
    case 'number_format':
      return applyNumberFormat(check.format, draft)
    case 'bigint_format':
      draft.format = check.format
      return undefined
    case 'string_format':
      return applyStringFormat(check, draft)
    case 'mime_type':
      draft.mediaTypes = check.mime
      return undefined
    case 'overwrite':
      return 'a step that rewrites values'
    default:
      return 'a custom check'
  }
}

function raise(draft: Draft, key: 'minimum' | 'exclusiveMinimum' | 'minLength' | 'minItems' | 'minBytes', limit: unknown): void {
  const before = draft[key] as number | undefined
  if (before === undefined || (limit as number) > before) draft[key] = limit as number // dates and big integers compare as numbers do
}

function lower(draft: Draft, key: 'maximum' | 'exclusiveMaximum' | 'maxLength' | 'maxItems' | 'maxBytes', limit: unknown): void {
  const before = draft[key] as number | undefined
  if (before === undefined || (limit as number) < before) draft[key] = limit as number // dates and big integers compare as numbers do
}

function applyNumberFormat(zodFormat: string, draft: Draft): undefined {
  const format = zodFormat === 'float32' ? 'float' : zodFormat
  const range = format === 'safeint' ? SAFE_RANGE : FORMAT_RANGES[format]
  if (range !== undefined) {
    raise(draft, 'minimum', range[0])
    lower(draft, 'maximum', range[1])
  }
  if (range !== undefined && format !== 'float') draft.integer = true
  if (format !== 'safeint') draft.format = range === undefined ? 'double' : format
}

/**
 * OpenAPI's names of zod's formats. A format is named only if every text of the model has it. A time of RFC 3339 has an offset and a duration no
 * fractions, so zod's times and durations have only a pattern.
 */
const FORMATS: Readonly<Record<string, string>> = {
  email: 'email',
  uuid: 'uuid',
  guid: 'uuid',
  url: 'uri',
  datetime: 'date-time',
  date: 'date',
  ipv4: 'ipv4',
  ipv6: 'ipv6',
  hostname: 'hostname',
}

/** The patterns of these formats are left out of documents, because the name of the format is easier to read and equivalent. */
const IMPLIED_PATTERNS: ReadonlySet<string> = new Set(['email', 'uuid', 'guid', 'date', 'ipv4', 'ipv6', 'hostname'])

/** Zod validates these by code, because its patterns accept more. */
const EXACT_PATTERNS: Readonly<Record<string, RegExp>> = {
  base64: /^(?:[0-9a-zA-Z+/]{4})*(?:[0-9a-zA-Z+/]{2}==|[0-9a-zA-Z+/]{3}=)?$/,
  base64url: /^(?:[0-9a-zA-Z_-]{4})*(?:[0-9a-zA-Z_-]{2,3})?$/,
}

interface FormatCheck {
  readonly format: string
  readonly pattern?: RegExp | undefined
  /** A date and time may have no offset. */
  readonly local?: boolean
  /** A date and time may have an offset other than `Z`. */
  readonly offset?: boolean
  /** The number of digits after the second of a date and time; -1: it has no seconds. */
  readonly precision?: number | null
  /** The only version of a UUID that is accepted. */
  readonly version?: string | undefined
}

function applyStringFormat(check: FormatCheck, draft: Draft): string | undefined {
  const { format, local, precision } = check
  const pattern = EXACT_PATTERNS[format] ?? check.pattern
  // A pattern with the flag `u` accepts non-ASCII letters, which these formats exclude.
  const isWider = local === true || precision === -1 || check.pattern?.flags.includes('u') === true
  const known = isWider ? undefined : FORMATS[format]
  if (known !== undefined) draft.format = known
  if (pattern !== undefined) draft.patterns?.push(pattern)
  if (pattern !== undefined && known !== undefined && isImplied(check)) draft.implied = pattern
  // zod trims the whitespace around a URL.
  return format === 'url' ? 'a format that rewrites values' : undefined
}

/** Whether the pattern is equivalent to the format. By its format a date and time may have any offset, by its pattern only if the model allows it. */
function isImplied({ format, offset, precision, version }: FormatCheck): boolean {
  if (version !== undefined) return false
  return IMPLIED_PATTERNS.has(format) || (format === 'datetime' && offset === true && typeof precision !== 'number')
}

/** Formats that a pattern cannot express completely, and those that are code. */
const BEYOND_PATTERNS = new Set(['ipv6', 'cidrv6', 'base64', 'base64url', 'jwt', 'iban', 'credit_card'])

function isBeyondPatterns({ _zod: { def } }: $ZodChecks): boolean {
  if (def.check !== 'string_format') return false
  const { format, pattern } = def as { readonly format: string; readonly pattern?: RegExp }
  return BEYOND_PATTERNS.has(format) || pattern === undefined
}

function isValid(schema: $ZodType, value: string): boolean {
  const result = schema._zod.run({ value, issues: [] }, { async: false })
  return !(result instanceof Promise) && result.issues.length === 0
}
