/** Which option of a union a value belongs to: by its tag where there is one, else by how many of an option's properties it has. */
import type { Node, ObjectNode, UnionNode } from '../node.ts'
import { mergeObjects } from './intersection.ts'
import { declaredNames } from './presence.ts'
import { isDefined } from './read.ts'

export type Constant = string | number | boolean | bigint | null | undefined

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
  /** For each option the properties that count for it; empty where no order can come of them. */
  readonly names: readonly (readonly string[])[]
}

const plans = new WeakMap<UnionNode, TaggedUnion | RankedUnion>()

export function planUnion(node: UnionNode): TaggedUnion | RankedUnion {
  let plan = plans.get(node)
  if (plan === undefined) plans.set(node, (plan = makePlan(node)))
  return plan
}

function makePlan(node: UnionNode): TaggedUnion | RankedUnion {
  const options = flatten(node.options)
  const objects = options.map(objectOf)
  const known = objects.filter((object) => object !== undefined)
  if (known.length === options.length && known.length > 0) {
    const tags = node.discriminator === undefined ? known[0]!.properties.map(({ name }) => name) : [node.discriminator]
    for (const tag of tags) {
      const tagged = byTag(known, tag)
      if (tagged !== undefined) return tagged
    }
  }
  const names = options.map((option) => declaredNames(option))
  const rivals = options.filter((option) => takesObjects(option))
  return { kind: 'ranked', options, names: rivals.length > 1 && names.some((list) => list.length > 0) ? names : [] }
}

/** Might an object be one of this option and of another one too? */
function takesObjects(node: Node, entered: ReadonlySet<Node> = new Set()): boolean {
  if (entered.has(node)) return true
  const inside = new Set(entered).add(node)
  switch (node.kind) {
    case 'object':
    case 'record':
    case 'any':
    case 'island':
    case 'codec':
    case 'intersection':
      return true
    case 'optional':
    case 'nullable':
    case 'default':
      return takesObjects(node.inner, inside)
    case 'reference':
      return takesObjects(node.target(), inside)
    default:
      return false
  }
}

function flatten(options: readonly Node[]): Node[] {
  return options.flatMap((option) => (option.kind === 'union' ? flatten(option.options) : [option]))
}

function objectOf(node: Node): ObjectNode | undefined {
  if (node.kind === 'object') return node
  if (node.kind === 'intersection') return mergeObjects(node)
  return node.kind === 'reference' ? objectOf(node.target()) : undefined
}

/** Every option must have constants of its own for the tag. */
function byTag(objects: readonly ObjectNode[], tag: string): TaggedUnion | undefined {
  const seen = new Set<Constant>()
  const options: { values: readonly Constant[]; object: ObjectNode }[] = []
  for (const object of objects) {
    const values = constantsOf(object.properties.find(({ name }) => name === tag)?.node)
    if (values === undefined || values.some((value) => seen.has(value))) return undefined
    for (const value of values) seen.add(value)
    options.push({ values, object })
  }
  return { kind: 'tagged', tag, options }
}

function constantsOf(node: Node | undefined): readonly Constant[] | undefined {
  switch (node?.kind) {
    case 'literal':
      return node.values
    case 'null':
      return [null]
    case 'nullable':
      return extend(constantsOf(node.inner), null)
    case 'optional':
      return extend(constantsOf(node.inner), undefined)
    default:
      return undefined
  }
}

function extend(values: readonly Constant[] | undefined, value: Constant): readonly Constant[] | undefined {
  return values?.includes(value) === false ? [...values, value] : values
}

/** The indexes of the options in the order in which they are to be tried. */
export function rank(value: unknown, names: readonly (readonly string[])[], count: number): readonly number[] {
  const order = ORDERS[count] ?? Array.from({ length: count }, (_, index) => index)
  if (names.length === 0 || typeof value !== 'object' || value === null) return order
  const scores = names.map((list) => list.reduce((score, name) => (isDefined(value, name) ? score + 1 : score), 0))
  return order.toSorted((left, right) => scores[right]! - scores[left]!)
}

const ORDERS: readonly (readonly number[])[] = Array.from({ length: 9 }, (_, count) => Array.from({ length: count }, (__, index) => index))
