/** Whether a value of the program fits a model. Runs no code of the model, so every object fits an island whose input is unknown. */
import { mergeIntersection } from '../../intersection.ts'
import type { LeafNode, Node, ObjectNode } from '../../node.ts'
import { isObject, readProperty } from '../../object-value.ts'
import { presenceOf } from '../../presence.ts'
import { isLeaf, memberNodes, wrapped } from '../../walk-node.ts'
import { bigintTest, countTest, isBytes, numberTest, parseNumericKey, stringTest, timeTest } from '../values/constraints.ts'

/** Caches the results for one value, so that each part is checked once for each model, even in a cycle. */
export class Fits {
  readonly #known = new Map<Node, Map<unknown, boolean>>()

  of(node: Node, value: unknown): boolean {
    if (isLeaf(node)) return passes(node, value)
    if (value === undefined) return !presenceOf(node).refusesUndefined
    if (typeof value !== 'object' || value === null) return this.#look(node, value)
    let ofNode = this.#known.get(node)
    if (ofNode === undefined) this.#known.set(node, (ofNode = new Map()))
    const known = ofNode.get(value)
    if (known !== undefined) return known
    ofNode.set(value, true)
    const fits = this.#look(node, value)
    ofNode.set(value, fits)
    return fits
  }

  #look(node: Node, value: unknown): boolean {
    if (node.kind === 'union') return node.options.some((option) => this.of(option, value))
    if (node.kind === 'nullable' && value === null) return true
    if (node.kind === 'intersection') {
      const merged = mergeIntersection(node)
      return merged === node ? this.of(node.left, value) && this.of(node.right, value) : this.of(merged, value)
    }
    const inner = wrapped(node, 'program')
    if (inner !== undefined) return this.of(inner, value)
    return node.kind === 'island' || this.#takesParts(node, value)
  }

  #takesParts(node: Node, value: unknown): boolean {
    if (node.kind === 'object') return isObject(value) && this.#takesMembers(node, value)
    if (node.kind === 'record')
      return isObject(value) && Object.entries(value).every(([key, one]) => this.#takesKey(node.key, key) && this.of(node.value, one))
    if (node.kind === 'map')
      return value instanceof Map && [...value].every(([key, one]) => this.of(node.key, key) && this.of(node.value, one))
    if (node.kind === 'set')
      return value instanceof Set && countTest(node)(value.size) && [...value].every((item) => this.of(node.items, item))
    if (!Array.isArray(value)) return false
    if (node.kind === 'array') return countTest(node)(value.length) && value.every((item) => this.of(node.items, item))
    return (
      value.every((item, index) => memberNodes(node, index).some((inner) => this.of(inner, item))) &&
      (node.kind !== 'tuple' || node.items.slice(value.length).every((item) => this.of(item, undefined)))
    )
  }

  #takesMembers({ properties, additional }: ObjectNode, value: Record<string, unknown>): boolean {
    if (!properties.every(({ name, node }) => this.of(node, readProperty(value, name)))) return false
    if (additional === 'drop') return true
    const declared = new Set(properties.map(({ name }) => name))
    return Object.keys(value).every((name) => declared.has(name) || (additional !== 'refuse' && this.of(additional, value[name])))
  }

  /** The keys of an object are text, but the model may declare numbers. */
  #takesKey(node: Node, key: string): boolean {
    if (this.of(node, key)) return true
    const number = parseNumericKey(key)
    return number !== undefined && this.of(node, number)
  }
}

type Test = (value: unknown) => boolean

const tests = new WeakMap<LeafNode, Test>()

function passes(node: LeafNode, value: unknown): boolean {
  let test = tests.get(node)
  if (test === undefined) tests.set(node, (test = createTest(node)))
  return test(value)
}

function createTest(node: LeafNode): Test {
  if (node.kind === 'string') return typed('string', stringTest(node))
  if (node.kind === 'number') return typed('number', numberTest(node))
  if (node.kind === 'bigint') return typed('bigint', bigintTest(node))
  if (node.kind === 'literal') return (value) => (node.values as readonly unknown[]).includes(value)
  if (node.kind === 'date') {
    const timeIn = timeTest(node)
    return (value) => !Number.isNaN(timeIn(value))
  }
  return OTHERS[node.kind]
}

function typed(type: string, test: ((value: never) => boolean) | undefined): Test {
  const isOf = (test as Test | undefined) ?? OTHERS.any // it gets only values of the type
  return (value) => typeof value === type && isOf(value)
}

const OTHERS: Readonly<Record<Exclude<LeafNode['kind'], 'string' | 'number' | 'bigint' | 'literal' | 'date'>, Test>> = {
  any: () => true,
  null: (value) => value === null,
  undefined: (value) => value === undefined,
  never: () => false,
  boolean: (value) => typeof value === 'boolean',
  url: (value) => value instanceof URL,
  bytes: isBytes,
  file: (value) => value instanceof Blob,
}
