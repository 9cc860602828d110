/** Finds the property that distinguishes the options of a union in a value of the program: one that has constants in each option. */
import { constantsOf, type Constant } from '../../constants.ts'
import type { Node, ObjectNode } from '../../node.ts'

/** A property whose constants distinguish the objects. */
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
    const values = nodes.map((node) => (node === undefined ? undefined : constantsOf(node, 'program')))
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
