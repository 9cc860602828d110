/** Plans of values that contain no other values: the words that a breach uses for them, and the estimated length of their JSON. */
import type { BigIntNode, DateNode, LiteralNode, Node, NumberNode, StringNode } from '../../node.ts'
import { factsOf, type ScalarNode, type ScalarPlan } from './plan.ts'

/** `bytes`: the length of the JSON. Default: an estimate. */
export function lowerScalar(node: Node, scalar: ScalarNode, bytes = estimateBytes(scalar)): ScalarPlan {
  return { ...factsOf(node, describe(scalar), [], bytes), kind: 'scalar', node: scalar, hasBigIntegers: scalar.kind === 'bigint' }
}

/** The estimated length of a string in JSON. */
export const STRING_BYTES = 20
/** The estimated length of a value of any length, such as a URL or a value of `any`. */
export const UNKNOWN_BYTES = 100

/** The estimated length of each kind of value. */
const BYTES: Readonly<Record<ScalarNode['kind'], number>> = {
  string: STRING_BYTES,
  number: 5,
  bigint: 12,
  boolean: 5,
  date: 26,
  literal: 10,
  url: UNKNOWN_BYTES,
  bytes: UNKNOWN_BYTES,
  file: UNKNOWN_BYTES,
}

function estimateBytes(node: ScalarNode): number {
  const bytes = BYTES[node.kind]
  return node.kind === 'string' ? Math.max(node.minLength ?? 0, Math.min(node.maxLength ?? bytes, bytes)) + 2 : bytes
}

/** What the node accepts: the `expected` part of a breach. */
const WORDS: { readonly [Kind in ScalarNode['kind']]: (node: Extract<ScalarNode, { kind: Kind }>) => string } = {
  string: describeString,
  number: (node) => `${node.integer ? 'integer' : 'number'}${describeRange(node)}`,
  bigint: (node) => `bigint${describeRange(node)}`,
  boolean: () => 'boolean',
  date: describeDate,
  literal: describeLiteral,
  url: () => 'URL',
  bytes: () => 'Uint8Array',
  file: () => 'file',
}

function describe(node: ScalarNode): string {
  return (WORDS[node.kind] as (node: ScalarNode) => string)(node)
}

function describeString({ format, minLength, maxLength, patterns }: StringNode): string {
  const pattern = format === undefined && patterns.length > 0 ? ' that matches its pattern' : ''
  return `${format ?? 'string'}${describeLength(minLength, maxLength)}${pattern}`
}

function describeLength(minLength: number | undefined, maxLength: number | undefined): string {
  if (minLength === undefined) return maxLength === undefined ? '' : ` of at most ${maxLength} characters`
  return maxLength === undefined ? ` of at least ${minLength} characters` : ` of ${minLength} to ${maxLength} characters`
}

function describeDate({ minimum, maximum }: DateNode): string {
  return (minimum ?? maximum) === undefined ? 'valid Date' : 'Date in the allowed range'
}

function describeRange({ minimum, maximum, format, ...others }: NumberNode | BigIntNode): string {
  const { exclusiveMinimum, exclusiveMaximum, multipleOf } = others as Partial<NumberNode>
  const limits = [minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, format]
  return limits.some((limit) => limit !== undefined && Math.abs(Number(limit)) !== Number.MAX_SAFE_INTEGER) ? ' in the allowed range' : ''
}

/** Constants are part of the contract and not of the value, so a message may contain them. */
function describeLiteral({ values }: LiteralNode): string {
  if (values.length === 0) return 'nothing'
  if (values.length > 5) return `one of ${values.length} constants`
  return values
    .map((value) => (typeof value === 'bigint' ? `${value}n` : typeof value === 'string' ? JSON.stringify(value) : String(value)))
    .join(' or ')
}
