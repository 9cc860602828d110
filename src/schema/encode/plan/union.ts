/** How the options of a union are chosen when it is encoded. */
import { mergeIntersection } from '../../intersection.ts'
import type { Node, ObjectNode, UnionNode } from '../../node.ts'
import { findTag, flattenOptions, type Constant } from '../../union.ts'
import { compileRank, type Rank } from '../../union-rank.ts'

/** The options are told apart by the constant that one property has. */
export interface TaggedUnion {
  readonly kind: 'tagged'
  readonly tag: string
  readonly options: readonly { readonly values: readonly Constant[]; readonly object: ObjectNode }[]
}

/** The options are tried, best match first; equal ones in their order. */
export interface RankedUnion {
  readonly kind: 'ranked'
  readonly options: readonly Node[]
  /** `undefined` where the order of declaration will do. */
  readonly rank: Rank | undefined
}

const plans = new WeakMap<UnionNode, TaggedUnion | RankedUnion>()

export function planUnion(node: UnionNode): TaggedUnion | RankedUnion {
  let plan = plans.get(node)
  if (plan === undefined) plans.set(node, (plan = makePlan(node)))
  return plan
}

function makePlan(node: UnionNode): TaggedUnion | RankedUnion {
  const options = flattenOptions(node.options)
  const objects = options.map(objectOf).filter((object) => object !== undefined)
  const tag = objects.length === options.length ? findTag(objects, 'out', node.discriminator) : undefined
  if (tag === undefined) return { kind: 'ranked', options, rank: compileRank(options, 'out') }
  return { kind: 'tagged', tag: tag.name, options: objects.map((object, index) => ({ values: tag.values[index]!, object })) }
}

function objectOf(node: Node): ObjectNode | undefined {
  if (node.kind === 'object') return node
  if (node.kind === 'reference') return objectOf(node.target())
  const merged = node.kind === 'intersection' ? mergeIntersection(node) : node
  return merged.kind === 'object' ? merged : undefined
}
