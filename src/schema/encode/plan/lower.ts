/** Turns a node into a plan, once for each node. */
import { findTag } from '../../option-fit.ts'
import { mergeIntersection } from '../../intersection.ts'
import type { IslandNode, MapNode, Node, ObjectNode, Property, RecordNode, ReferenceNode, TupleNode, UnionNode } from '../../node.ts'
import { presenceOf } from '../../presence.ts'
import { everyNode, innerOf } from '../../walk-node.ts'
import { settle, settleDefault } from './islands.ts'
import { WRITABLE } from '../values/native-json.ts'
import { factsOf, type AnyPlan, type Field, type ObjectPlan, type Plan, type TaggedOption } from './plan.ts'
import { compileRank } from './rank.ts'
import { lowerScalar, STRING_BYTES, UNKNOWN_BYTES } from './scalars.ts'

const plans = new WeakMap<Node, Plan>()
/** Nodes whose plans are not finished. A reference to one of them becomes a call. */
const unfinished = new Set<Node>()

export function lower(node: Node): Plan {
  let plan = plans.get(node)
  if (plan === undefined) {
    unfinished.add(node)
    try {
      plans.set(node, (plan = lowerKind(node)))
    } finally {
      unfinished.delete(node)
    }
  }
  return plan
}

function lowerKind(node: Node): Plan {
  switch (node.kind) {
    case 'null':
      return lowerScalar(node, { kind: 'literal', values: [null] }, 5)
    case 'undefined':
      return lowerScalar(node, { kind: 'literal', values: [undefined] }, 0)
    case 'never':
      return lowerScalar(node, { kind: 'literal', values: [] }, 0)
    case 'boolean':
    case 'number':
    case 'bigint':
    case 'literal':
    case 'date':
    case 'string':
    case 'url':
    case 'bytes':
    case 'file':
      return lowerScalar(node, node)
    case 'any':
      return lowerAny(node)
    case 'object':
      return lowerObject(node)
    case 'array': {
      const items = lower(node.items)
      const facts = factsOf(node, 'array', [items], ITEMS * items.bytes)
      return { ...facts, kind: 'list', items, minItems: node.minItems, maxItems: node.maxItems }
    }
    case 'set': {
      const items = lower(node.items)
      const facts = factsOf(node, 'Set', [items], ITEMS * items.bytes)
      return { ...facts, kind: 'set', items, minItems: node.minItems, maxItems: node.maxItems }
    }
    case 'tuple':
      return lowerTuple(node)
    case 'record':
      return lowerEntries(node, 'record')
    case 'map':
      return lowerEntries(node, 'Map')
    case 'union':
      return lowerUnion(node)
    case 'intersection': {
      const merged = mergeIntersection(node)
      if (merged !== node) return lower(merged)
      const [left, right] = [lower(node.left), lower(node.right)]
      const facts = factsOf(node, `${left.expected} and ${right.expected}`, [left, right], left.bytes + right.bytes)
      return { ...facts, kind: 'both', left, right }
    }
    case 'nullable': {
      const inner = lower(node.inner)
      return { ...factsOf(node, `${inner.expected} or null`, [inner], inner.bytes), kind: 'unless', constant: null, inner }
    }
    case 'optional': {
      const inner = lower(node.inner)
      if (inner.presence.isFilled) return inner
      return { ...factsOf(node, inner.expected, [inner], inner.bytes), kind: 'unless', constant: undefined, inner }
    }
    case 'default': {
      const inner = lower(node.inner)
      const filled = node.isInput === true ? inner : lower(settleDefault(node.inner))
      return { ...factsOf(node, inner.expected, [inner], inner.bytes), kind: 'fill', inner, make: node.value, filled }
    }
    case 'reference':
      return unfinished.has(node.target()) || isRecursive(node) ? lowerCall(node) : lower(node.target())
    case 'codec': {
      const [domain, wire] = [lower(node.domain), lower(node.wire)]
      return { ...factsOf(node, domain.expected, [wire], wire.bytes), kind: 'codec', domain, encode: node.encode, wire }
    }
    case 'island':
      return lowerIsland(node)
    default:
      return node satisfies never
  }
}

/** The number of items that a list is assumed to have, before its first response. */
const ITEMS = 4

function lowerAny(node: Node): AnyPlan {
  return { ...factsOf(node, WRITABLE, [], UNKNOWN_BYTES), kind: 'any' }
}

function lowerObject(node: ObjectNode): ObjectPlan {
  const fields = inOrder(node.properties).map(lowerField)
  const additional = typeof node.additional === 'string' ? node.additional : lower(node.additional)
  const parts = fields.map(({ plan }) => plan)
  const bytes = fields.reduce((sum, { name, plan }) => sum + name.length + 4 + plan.bytes, 2)
  return {
    ...factsOf(node, node.annotations?.id ?? 'object', typeof additional === 'string' ? parts : [...parts, additional], bytes),
    kind: 'object',
    fields,
    additional,
    requiresProperty: requiresProperty(node.properties),
  }
}

/** In the order of declaration, but names that are array indexes come first: objects keep them in this order, and `JSON.stringify` writes them in it. */
export function inOrder(properties: readonly Property[]): readonly Property[] {
  if (!properties.some(({ name }) => /^\d/.test(name))) return properties
  const byName = new Map(properties.map((property) => [property.name, property]))
  const names = Object.keys(Object.fromEntries([...byName.keys()].map((name) => [name, true])))
  return names.map((name) => byName.get(name)!)
}

function lowerField(property: Property): Field {
  const { name, node } = property
  return { name, plan: lower(node), isPromised: isPromised(property), isExact: node.kind === 'optional' && node.exact }
}

function isPromised({ node, required }: Property): boolean {
  const { absent, mayBeLeftOut, isFilled } = presenceOf(node)
  return (required || isFilled) && !mayBeLeftOut && absent !== 'never'
}

/** Whether an object that has none of these properties is refused. */
export function requiresProperty(properties: readonly Property[]): boolean {
  return properties.some((property) => {
    const { isFilled, refusesUndefined } = presenceOf(property.node)
    return refusesUndefined || (isPromised(property) && !isFilled)
  })
}

function lowerTuple(node: TupleNode): Plan {
  const items = node.items.map(lower)
  const rest = node.rest === undefined ? undefined : lower(node.rest)
  const minItems = items.findLastIndex(({ presence }) => !presence.mayBeLeftOut && !presence.isFilled) + 1
  const expected = `tuple of ${minItems === items.length ? '' : `${minItems} to `}${items.length} items`
  const bytes = items.reduce((sum, item) => sum + item.bytes, 2)
  const facts = factsOf(node, expected, rest === undefined ? items : [...items, rest], bytes)
  return { ...facts, kind: 'tuple', items, rest, minItems, maxItems: rest === undefined ? items.length : undefined }
}

function lowerEntries(node: RecordNode | MapNode, expected: string): Plan {
  const [key, value] = [lower(node.key), lower(node.value)]
  return { ...factsOf(node, expected, [key, value], ITEMS * (STRING_BYTES + value.bytes)), kind: node.kind, key, value }
}

function lowerUnion(node: UnionNode): Plan {
  const options = flattenOptions(node.options)
  const objects = options.map(objectOf).filter((object) => object !== undefined)
  const tag = objects.length === options.length ? findTag(objects, node.discriminator) : undefined
  const plans = options.map(lower)
  const facts = factsOf(
    node,
    plans.map((plan) => plan.expected).join(' or '),
    plans,
    plans.reduce((most, plan) => Math.max(most, plan.bytes), 0),
  )
  if (tag === undefined) return { ...facts, kind: 'ranked', options: plans, rank: compileRank(options) }
  return { ...facts, kind: 'tagged', tag: tag.name, options: tag.values.map((values, index) => toTagged(values, plans[index]!)) }
}

function toTagged(values: TaggedOption['values'], plan: Plan): TaggedOption {
  return plan.kind === 'call'
    ? { values, object: () => plan.target() as ObjectPlan, isCall: true }
    : { values, object: () => plan as ObjectPlan, isCall: false }
}

function objectOf(node: Node): ObjectNode | undefined {
  if (node.kind === 'object') return node
  if (node.kind === 'reference') return objectOf(node.target())
  const merged = node.kind === 'intersection' ? mergeIntersection(node) : node
  return merged.kind === 'object' ? merged : undefined
}

/** Nested unions with no tag of their own become options of the outer union. */
function flattenOptions(options: readonly Node[]): Node[] {
  return options.flatMap((option) => (option.kind === 'union' ? flattenOptions(option.options) : [option]))
}

function lowerCall(node: ReferenceNode): Plan {
  const target = dereference(node)
  const presence = presenceOf(node)
  return {
    id: node.annotations?.id,
    presence: { ...presence, absent: presence.absent === 'never' ? 'never' : 'by result' },
    expected: node.annotations?.id ?? 'recursive value',
    bytes: unfinished.has(target) ? 0 : lower(target).bytes,
    isRecursive: true,
    hasBigIntegers: [...everyNode(target, 'out')].some(({ kind }) => kind === 'bigint'),
    kind: 'call',
    target: () => lower(target),
  }
}

/** A reference to a reference adds no level to the depth. */
function dereference(node: ReferenceNode): Node {
  const target = node.target()
  return target.kind === 'reference' ? dereference(target) : target
}

const recursive = new WeakMap<ReferenceNode, boolean>()

/** Whether the target of the reference contains itself. Only such a reference makes a value arbitrarily deep. */
export function isRecursive(reference: ReferenceNode): boolean {
  let known = recursive.get(reference)
  if (known === undefined) recursive.set(reference, (known = containsItself(reference.target())))
  return known
}

function containsItself(target: Node): boolean {
  const seen = new Set<Node>()
  const visit = (node: Node): boolean => {
    if (seen.has(node)) return false
    seen.add(node)
    return innerOf(node, 'out').some((part) => part === target || visit(part))
  }
  return visit(target)
}

function lowerIsland(node: IslandNode): Plan {
  const output = node.output === undefined ? lowerAny({ kind: 'any' }) : lower(settle(node.output))
  const base = node.base === undefined ? undefined : lower(node.base)
  const facts = factsOf(node, node.annotations?.id ?? 'value that its schema accepts', [output], output.bytes)
  return { ...facts, kind: 'island', node, base, output }
}
