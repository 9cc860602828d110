/** What a node accepts, in words: the `expected` part of a breach. */
import type { BigIntNode, DateNode, LiteralNode, NumberNode, StringNode } from '../../node.ts'
import type { ScalarNode } from './plan.ts'

const WORDS: { readonly [Kind in ScalarNode['kind']]: (node: Extract<ScalarNode, { kind: Kind }>) => string } = {
  string: ofString,
  number: (node) => `${node.integer ? 'integer' : 'number'}${ofRange(node)}`,
  bigint: (node) => `bigint${ofRange(node)}`,
  boolean: () => 'boolean',
  date: ofDate,
  literal: ofLiteral,
  url: () => 'URL',
  bytes: () => 'Uint8Array',
  file: () => 'file',
}

export function describeScalar(node: ScalarNode): string {
  return (WORDS[node.kind] as (node: ScalarNode) => string)(node)
}

function ofString({ format, minLength, maxLength, patterns }: StringNode): string {
  const form = format ?? (patterns.length === 0 ? 'string' : 'string of its pattern')
  if (minLength === undefined && maxLength === undefined) return form
  if (minLength === undefined) return `${form} of at most ${maxLength} characters`
  return maxLength === undefined ? `${form} of at least ${minLength} characters` : `${form} of ${minLength} to ${maxLength} characters`
}

function ofDate({ minimum, maximum }: DateNode): string {
  return minimum === undefined && maximum === undefined ? 'valid Date' : 'Date in its range'
}

function ofRange({ minimum, maximum, format, ...others }: NumberNode | BigIntNode): string {
  const { exclusiveMinimum, exclusiveMaximum, multipleOf } = others as Partial<NumberNode>
  const limits = [minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, format]
  return limits.some((limit) => limit !== undefined && Math.abs(Number(limit)) !== Number.MAX_SAFE_INTEGER) ? ' in its range' : ''
}

/** Constants are part of the contract, not of the value: a message may contain them. */
function ofLiteral({ values }: LiteralNode): string {
  if (values.length === 0) return 'nothing'
  if (values.length > 5) return `one of ${values.length} constants`
  return values
    .map((value) => (typeof value === 'bigint' ? `${value}n` : typeof value === 'string' ? JSON.stringify(value) : String(value)))
    .join(' or ')
}
