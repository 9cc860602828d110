/** Orders the possible readings of one text if several types are declared. */
import type { Node } from './node.ts'
import { unwrap } from './walk-node.ts'

/** The rank of a reading, `value` as `node`: constants and exact readings are first, then text, then other formats. */
export function precedence(node: Node, text: unknown, value: unknown): number {
  const inner = unwrap(node)
  if (typeof text !== 'string' || inner.kind === 'literal') return 0
  return READ_FROM_TEXT.has(inner.kind) ? (isExact(inner, text, value) ? 0 : 2) : 1
}

const READ_FROM_TEXT: ReadonlySet<Node['kind']> = new Set(['number', 'bigint', 'boolean', 'date', 'url'])

/** Whether formatting the value gives the same text again. If not, text is the better reading: `007`, `1e3`, and long numbers whose digits would be lost. */
function isExact({ kind }: Node, text: string, value: unknown): boolean {
  return kind === 'url' || (kind === 'date' ? DATE_TIME.test(text) : String(value) === text)
}

/** RFC 3339 §5.6 `date-time`, the format in the OpenAPI document. */
const DATE_TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/

/** All options that a text can represent, including those of nested unions. */
export function optionsOf(options: readonly Node[]): readonly Node[] {
  return options.flatMap((option) => {
    if (option.kind === 'null' || option.kind === 'undefined') return []
    return option.kind === 'union' ? optionsOf(option.options) : [option]
  })
}

/** False if the option has constants and the value is not one of them. */
export function hasConstant(node: Node, value: unknown): boolean {
  const inner = unwrap(node)
  return inner.kind !== 'literal' || (inner.values as readonly unknown[]).includes(value)
}
