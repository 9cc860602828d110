/** The constants that a model allows, which distinguish the options of a union. */
import type { IslandNode, LiteralNode, Node } from './node.ts'
import { wrapped, type Place } from './walk-node.ts'

export type Constant = LiteralNode['values'][number]

const NONE: ReadonlySet<Node> = new Set()

/** `undefined` for a node that accepts other values too. An absent value is the constant `undefined`. */
export function constantsOf(node: Node, place: Place, entered: ReadonlySet<Node> = NONE): readonly Constant[] | undefined {
  if (node.kind === 'literal') return node.values
  if (node.kind === 'null') return [null]
  if (node.kind === 'undefined') return [undefined]
  if (node.kind === 'union') return ofUnion(node.options.map((option) => constantsOf(option, place, entered)))
  if (node.kind === 'intersection') return constantsOf(node.left, place, entered) ?? constantsOf(node.right, place, entered)
  const inner = wrapped(node, place)
  if (inner === undefined || entered.has(node) || (node.kind === 'island' && takesAnything(node))) return undefined
  const constants = constantsOf(inner, place, node.kind === 'reference' ? new Set(entered).add(node) : entered)
  if (node.kind === 'nullable') return extend(constants, null)
  // In a response, an absent value is replaced by its default.
  return node.kind === 'optional' || (node.kind === 'default' && place !== 'response') ? extend(constants, undefined) : constants
}

function ofUnion(lists: readonly (readonly Constant[] | undefined)[]): readonly Constant[] | undefined {
  return lists.every((list) => list !== undefined) ? [...new Set(lists.flat())] : undefined
}

function extend(constants: readonly Constant[] | undefined, constant: Constant): readonly Constant[] | undefined {
  return constants?.includes(constant) === false ? [...constants, constant] : constants
}

/** `catch()` replaces whatever does not fit. */
export function takesAnything({ schema }: IslandNode): boolean {
  const { _zod: zod } = schema as { readonly _zod?: { readonly def: { readonly type: string } } }
  return zod?.def.type === 'catch'
}
