/** The constants that a model allows, and the property whose constants distinguish the options of a union. */
import type { IslandNode, LiteralNode, Node, ObjectNode } from './node.ts'
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

/** A property that has different constants in each option of a union. */
interface Tag {
  readonly name: string
  /** The constants of each option, in the order of the options. */
  readonly values: readonly (readonly Constant[])[]
}

/** The first property that has constants in every object, and none of them in two objects. With a `discriminator`, only this property is tried. */
export function findTag(objects: readonly ObjectNode[], discriminator?: string): Tag | undefined {
  const names = discriminator === undefined ? (objects[0]?.properties.map(({ name }) => name) ?? []) : [discriminator]
  for (const name of names) {
    const nodes = objects.map(({ properties }) => properties.find((property) => property.name === name)?.node)
    const values = nodes.map((node) => (node === undefined ? undefined : constantsOf(node, 'program')))
    if (areDistinct(values)) return { name, values }
  }
  return undefined
}

function areDistinct(lists: readonly (readonly Constant[] | undefined)[]): lists is readonly (readonly Constant[])[] {
  const all = lists.flat()
  return lists.every((list) => list !== undefined) && new Set(all).size === all.length
}
