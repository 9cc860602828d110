/** What a node accepts, in words: the `expected` part of a breach. */
import type { BigIntNode, LiteralNode, Node, NumberNode, StringNode } from '../../node.ts'

export function describe(node: Node): string {
  switch (node.kind) {
    case 'string':
      return describeString(node)
    case 'number':
      return `${node.integer ? 'integer' : 'number'}${describeRange(node)}`
    case 'bigint':
      return `bigint${describeRange(node)}`
    case 'literal':
      return describeLiteral(node)
    case 'date':
      return node.minimum === undefined && node.maximum === undefined ? 'valid Date' : 'Date in its range'
    case 'any':
      return 'value that JSON can hold'
    case 'url':
      return 'URL'
    case 'bytes':
      return 'Uint8Array'
    case 'map':
      return 'Map'
    case 'set':
      return 'Set'
    case 'never':
      return 'nothing'
    case 'object':
      return node.annotations?.id ?? 'object'
    case 'union':
      return node.options.map(describe).join(' or ')
    case 'nullable':
      return `${describe(node.inner)} or null`
    case 'optional':
    case 'default':
      return describe(node.inner)
    case 'reference':
      return node.annotations?.id ?? 'recursive value'
    case 'codec':
      return describe(node.domain)
    case 'intersection':
      return `${describe(node.left)} and ${describe(node.right)}`
    case 'island':
      return node.annotations?.id ?? 'what its schema accepts'
    default:
      return node.kind
  }
}

function describeString({ format, minLength, maxLength, patterns }: StringNode): string {
  const form = format ?? (patterns.length === 0 ? 'string' : 'string of its pattern')
  if (minLength === undefined && maxLength === undefined) return form
  if (minLength === undefined) return `${form} of at most ${maxLength} characters`
  return maxLength === undefined ? `${form} of at least ${minLength} characters` : `${form} of ${minLength} to ${maxLength} characters`
}

const LIMITS: ReadonlySet<string> = new Set(['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'format'])

function describeRange(node: NumberNode | BigIntNode): string {
  const ranged = Object.entries(node).some(
    ([name, value]) => LIMITS.has(name) && value !== undefined && Math.abs(Number(value)) !== Number.MAX_SAFE_INTEGER,
  )
  return ranged ? ' in its range' : ''
}

/** Constants are part of the contract, not of the value: a message may contain them. */
function describeLiteral({ values }: LiteralNode): string {
  if (values.length > 5) return `one of ${values.length} constants`
  return values
    .map((value) => (typeof value === 'bigint' ? `${value}n` : typeof value === 'string' ? JSON.stringify(value) : String(value)))
    .join(' or ')
}
