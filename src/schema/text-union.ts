/** What one text may stand for where several types are declared: each reading in the order in which they are tried. */
import type { Node } from './node.ts'
import { unwrap } from './walk-node.ts'

/** `value` is read as `node`. Constants and exact readings come first, then text itself, then what other clients write. */
export function precedence(node: Node, text: unknown, value: unknown): number {
  const inner = unwrap(node)
  if (typeof text !== 'string' || inner.kind === 'literal') return 0
  return READ_FROM_TEXT.has(inner.kind) ? (isExact(inner, text, value) ? 0 : 2) : 1
}

const READ_FROM_TEXT: ReadonlySet<Node['kind']> = new Set(['number', 'bigint', 'boolean', 'date', 'url'])

/** Only what is written back as the same text is surely meant: `007` and `1e3` are text, and no digit of a long number is lost. */
function isExact({ kind }: Node, text: string, value: unknown): boolean {
  return kind === 'url' || (kind === 'date' ? DATE_TIME.test(text) : String(value) === text)
}

/** RFC 3339 §5.6 `date-time`, which the document calls for. What has this form was read as an instant already. */
const DATE_TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/

/** All options that a text can stand for, also those of unions inside. */
export function optionsOf(options: readonly Node[]): readonly Node[] {
  return options.flatMap((option) => {
    if (option.kind === 'null' || option.kind === 'undefined') return []
    return option.kind === 'union' ? optionsOf(option.options) : [option]
  })
}

/** False for an option of constants where the value is not one of them. */
export function hasConstant(node: Node, value: unknown): boolean {
  const inner = unwrap(node)
  return inner.kind !== 'literal' || (inner.values as readonly unknown[]).includes(value)
}
