/** What tells the options of a union apart in a value of the program: a property that has constants in each. */
import type { LiteralNode, Node, ObjectNode } from '../../node.ts'

export type Constant = LiteralNode['values'][number]

/** The constants to which a node limits its values; `undefined` for a node that takes others too. An absent value is the constant `undefined`. */
export function constantsOf(node: Node, entered: ReadonlySet<Node> = NONE): readonly Constant[] | undefined {
  const inside = (inner: Node) => constantsOf(inner, entered)
  switch (node.kind) {
    case 'literal':
      return node.values
    case 'null':
      return [null]
    case 'undefined':
      return [undefined]
    case 'nullable':
      return extend(inside(node.inner), null)
    case 'optional':
    case 'default':
      return extend(inside(node.inner), undefined)
    case 'reference':
      return entered.has(node) ? undefined : constantsOf(node.target(), new Set(entered).add(node))
    case 'codec':
      return inside(node.domain)
    case 'island':
      return node.input === undefined ? undefined : inside(node.input)
    case 'intersection':
      return inside(node.left) ?? inside(node.right)
    case 'union': {
      const lists = node.options.map(inside)
      return lists.every((list) => list !== undefined) ? [...new Set(lists.flat())] : undefined
    }
    default:
      return undefined
  }
}

const NONE: ReadonlySet<Node> = new Set()

function extend(values: readonly Constant[] | undefined, value: Constant): readonly Constant[] | undefined {
  return values?.includes(value) === false ? [...values, value] : values
}

/** The objects are told apart by the constants that one property has in each. */
export interface Tag {
  readonly name: string
  /** For each object, in their order. */
  readonly values: readonly (readonly Constant[])[]
}

/** The first property that has constants in every object, none of them in two. `discriminator`: no other property is tried. */
export function findTag(objects: readonly ObjectNode[], discriminator?: string): Tag | undefined {
  const names = discriminator === undefined ? (objects[0]?.properties.map(({ name }) => name) ?? []) : [discriminator]
  for (const name of names) {
    const nodes = objects.map(({ properties }) => properties.find((property) => property.name === name)?.node)
    const values = nodes.map((node) => (node === undefined ? undefined : constantsOf(node)))
    if (areDistinct(values)) return { name, values }
  }
  return undefined
}

function areDistinct(lists: readonly (readonly Constant[] | undefined)[]): lists is readonly (readonly Constant[])[] {
  const all = lists.flat()
  return lists.every((list) => list !== undefined) && new Set(all).size === all.length
}

/** Nested unions with no tag of their own become options of the outer one. */
export function flattenOptions(options: readonly Node[]): Node[] {
  return options.flatMap((option) => (option.kind === 'union' ? flattenOptions(option.options) : [option]))
}
