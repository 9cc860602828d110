/** Turns numbers, strings, constants and files into JSON Schema. */
import { type BigIntNode, type FileNode, type LiteralNode, type NumberNode, type StringNode, FORMAT_RANGES, SAFE_RANGE } from '../node.ts'
import { present, type JSONSchema } from './keywords.ts'

export function fromNumber(node: NumberNode): JSONSchema {
  const { integer, format, minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = node
  const [lowest, highest] = (format === undefined ? undefined : FORMAT_RANGES[format]) ?? SAFE_RANGE
  // Few tools know that `uint32` has no values below 0, so this limit is written.
  const isImplied = minimum === lowest && format !== 'uint32'
  return present<JSONSchema>({
    type: integer ? 'integer' : 'number',
    format,
    minimum: isImplied ? undefined : minimum,
    exclusiveMinimum,
    maximum: maximum === highest ? undefined : maximum,
    exclusiveMaximum,
    multipleOf,
  })
}

/** A bigint is a string of digits unless it has a 64-bit format, because JSON numbers lose digits beyond 2^53. */
export function fromBigInt({ format, minimum, maximum }: BigIntNode): JSONSchema {
  if (format === undefined) return { type: 'string', pattern: minimum !== undefined && minimum >= 0n ? '^\\d+$' : '^-?\\d+$' }
  const lowest = minimum ?? (format === 'uint64' ? 0n : undefined)
  return present<JSONSchema>({ type: 'integer', format, minimum: toSafe(lowest), maximum: toSafe(maximum) })
}

function toSafe(limit: bigint | undefined): number | undefined {
  return limit !== undefined && Number.isSafeInteger(Number(limit)) ? Number(limit) : undefined
}

export function fromString({ minLength, maxLength, format, patterns, implied }: StringNode): JSONSchema {
  const sources = patterns
    .filter((pattern) => pattern !== implied)
    .map(toPattern)
    .filter((source) => source !== undefined)
  return present<JSONSchema>({
    type: 'string',
    format,
    minLength,
    maxLength,
    pattern: sources.length === 1 ? sources[0] : undefined,
    allOf: sources.length > 1 ? sources.map((pattern) => ({ pattern })) : undefined,
  })
}

/** The pattern; `undefined` if its meaning would change, because JSON Schema reads patterns only with the flag `u`. */
function toPattern({ source, flags }: RegExp): string | undefined {
  if (/[ims]/.test(flags)) return undefined
  try {
    return new RegExp(source, 'u').source
  } catch {
    return undefined
  }
}

/** Constants with their type, which client generators need. */
export function fromLiteral({ values: constants }: Pick<LiteralNode, 'values'>): JSONSchema {
  const values = constants.filter((value) => value !== undefined).map((value) => (typeof value === 'bigint' ? String(value) : value))
  const types = [...new Set(values.map(typeOf))]
  if (values.length === 0) return { not: {} }
  const type = types.length === 1 ? types[0]! : types
  return values.length === 1 ? { type, const: values[0] } : { type, enum: values }
}

function typeOf(value: string | number | boolean | null): string {
  if (value === null) return 'null'
  return Number.isInteger(value) ? 'integer' : typeof value
}

/** The lengths of binary content count octets. */
export function fromFile({ mediaTypes, minBytes, maxBytes }: FileNode): JSONSchema {
  const contentMediaType = mediaTypes?.length === 1 ? mediaTypes[0]! : 'application/octet-stream'
  return present<JSONSchema>({ type: 'string', contentMediaType, minLength: minBytes, maxLength: maxBytes })
}
