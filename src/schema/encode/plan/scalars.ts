/** Plans of values that contain no other values: the words that a breach uses for them, and the estimated length of their JSON. */
import type { BigIntNode, DateNode, LiteralNode, Node, NumberNode, StringNode } from '../../node.ts'
import { factsOf, type ScalarNode, type ScalarPlan } from './plan.ts'

/** `bytes`: the estimate for constants of known length. */
export function lowerScalar(node: Node, scalar: ScalarNode, bytes = estimateBytes(scalar)): ScalarPlan {
  return { ...factsOf(node, describe(scalar), [], bytes), kind: 'scalar', node: scalar, hasBigIntegers: scalar.kind === 'bigint' }
}

/** The estimated length of a string. In bytes. */
export const STRING_BYTES = 20
/** The same of a value about which the model says nothing. */
export const UNKNOWN_BYTES = 100

interface Row<Scalar> {
  /** What the node accepts: the `expected` part of a breach. */
  readonly describe: (node: Scalar) => string
  /** The estimated length of a value in JSON. */
  readonly bytes: number | ((node: Scalar) => number)
}

const ROWS: { readonly [Kind in ScalarNode['kind']]: Row<Extract<ScalarNode, { kind: Kind }>> } = {
  string: { describe: describeString, bytes: stringBytes },
  number: { describe: (node) => `${node.integer ? 'integer' : 'number'}${describeRange(node)}`, bytes: 5 },
  bigint: { describe: (node) => `bigint${describeRange(node)}`, bytes: 12 },
  boolean: { describe: () => 'boolean', bytes: 5 },
  date: { describe: describeDate, bytes: 26 },
  literal: { describe: describeLiteral, bytes: 10 },
  url: { describe: () => 'URL', bytes: UNKNOWN_BYTES },
  bytes: { describe: () => 'Uint8Array', bytes: UNKNOWN_BYTES },
  file: { describe: () => 'file', bytes: UNKNOWN_BYTES },
}

function describe(node: ScalarNode): string {
  return rowOf(node).describe(node)
}

function estimateBytes(node: ScalarNode): number {
  const { bytes } = rowOf(node)
  return typeof bytes === 'number' ? bytes : bytes(node)
}

function rowOf(node: ScalarNode): Row<ScalarNode> {
  return ROWS[node.kind] as Row<ScalarNode> // the row of the node's kind
}

function stringBytes({ minLength = 0, maxLength = STRING_BYTES }: StringNode): number {
  return Math.max(minLength, Math.min(maxLength, STRING_BYTES)) + 2
}

function describeString({ format, minLength, maxLength, patterns }: StringNode): string {
  const pattern = format === undefined && patterns.length > 0 ? ' that matches its pattern' : ''
  return `${format ?? 'string'}${describeLength(minLength, maxLength)}${pattern}`
}

function describeLength(minLength: number | undefined, maxLength: number | undefined): string {
  if (minLength === undefined && maxLength === undefined) return ''
  if (minLength === undefined) return ` of at most ${maxLength} characters`
  return maxLength === undefined ? ` of at least ${minLength} characters` : ` of ${minLength} to ${maxLength} characters`
}

function describeDate({ minimum, maximum }: DateNode): string {
  return minimum === undefined && maximum === undefined ? 'valid Date' : 'Date in the allowed range'
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
