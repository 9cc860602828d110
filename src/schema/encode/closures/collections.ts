/** Arrays, tuples, records, maps and sets. */
import type { ArrayNode, MapNode, Node, RecordNode, SetNode, TupleNode } from '../../node.ts'
import { hasTextKeys, parseNumericKey } from '../plan/keys.ts'
import { requiredItems } from '../plan/presence.ts'
import { assign, isPlainObject } from '../../object-value.ts'
import { BROKEN, type Form, type Step, type Trail } from '../values/trail.ts'

type Compile = (node: Node) => Step

export function arrayStep({ items, minItems = 0, maxItems = Infinity }: ArrayNode, compile: Compile): Step {
  const step = compile(items)
  return (value, trail) => {
    if (!Array.isArray(value)) return trail.fail('array', value)
    if (value.length < minItems || value.length > maxItems) return trail.fail(describeCount(minItems, maxItems), value)
    return copyItems(value, step, trail)
  }
}

function copyItems(value: readonly unknown[], step: Step, trail: Trail): unknown {
  const { length } = value
  const result: unknown[] = []
  for (let i = 0; i < length; i++) {
    const made = step(value[i], trail)
    if (made === BROKEN) return trail.at(i)
    result.push(made)
  }
  return result
}

function describeCount(minimum: number, maximum: number): string {
  return maximum === Infinity ? `at least ${minimum} items` : `${minimum} to ${maximum} items`
}

export function tupleStep(node: TupleNode, compile: Compile): Step {
  const steps = node.items.map(compile)
  const rest = node.rest === undefined ? undefined : compile(node.rest)
  const required = requiredItems(node)
  const expected = `tuple of ${required === steps.length ? '' : `${required} to `}${steps.length} items`
  return (value, trail) => {
    if (!Array.isArray(value)) return trail.fail(expected, value)
    const { length } = value
    if (length < required || (rest === undefined && length > steps.length)) return trail.fail(expected, value)
    const result: unknown[] = []
    for (let i = 0; i < Math.max(length, steps.length); i++) {
      const made = (steps[i] ?? rest!)(i < length ? value[i] : undefined, trail)
      if (made === BROKEN) return trail.at(i)
      // An absent item ends the tuple: the items after it would move to its place.
      if (made === undefined && i >= length) break
      result.push(made)
    }
    return result
  }
}

export function recordStep(node: RecordNode, compile: Compile): Step {
  const keyOf = keyStep(compile(node.key))
  const step = compile(node.value)
  return (value, trail) => {
    if (!isPlainObject(value)) return trail.fail('record', value)
    const result: Record<string, unknown> = {}
    for (const name of Object.keys(value)) {
      const key = keyOf(name, trail)
      if (key === BROKEN) return trail.at(name)
      const made = step(value[name], trail)
      if (made === BROKEN) return trail.at(name)
      if (made !== undefined) assign(result, key, made)
    }
    return result
  }
}

/** Keys of objects are text. A key that the model refuses as text is tried as a number. */
export function keyStep(step: Step): (name: string, trail: Trail) => string | typeof BROKEN {
  return (name, trail) => {
    let key = step(name, trail)
    if (key === BROKEN) {
      const number = parseNumericKey(name)
      if (number === undefined) return BROKEN
      key = step(number, trail)
      if (key === BROKEN) return BROKEN
    }
    return String(key)
  }
}

export function mapStep(node: MapNode, form: Form, compile: Compile): Step {
  const keyOf = compile(node.key)
  const step = compile(node.value)
  const collect = form === 'domain' ? (pairs: Pairs) => new Map(pairs) : hasTextKeys(node) ? toObject : (pairs: Pairs) => pairs
  return (value, trail) => {
    if (!(value instanceof Map)) return trail.fail('Map', value)
    const pairs: [unknown, unknown][] = []
    for (const [key, item] of Map.prototype.entries.call(value) as MapIterator<[unknown, unknown]>) {
      const at = typeof key === 'string' ? key : pairs.length
      const madeKey = keyOf(key, trail)
      if (madeKey === BROKEN) return trail.at(at)
      const made = step(item, trail)
      if (made === BROKEN) return trail.at(at)
      pairs.push([madeKey, made])
    }
    return collect(pairs)
  }
}

type Pairs = readonly (readonly [unknown, unknown])[]

function toObject(pairs: Pairs): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [key, value] of pairs) if (value !== undefined) assign(result, String(key), value)
  return result
}

export function setStep({ items, minItems = 0, maxItems = Infinity }: SetNode, form: Form, compile: Compile): Step {
  const step = compile(items)
  return (value, trail) => {
    if (!(value instanceof Set)) return trail.fail('Set', value)
    const list = [...(Set.prototype.values.call(value) as SetIterator<unknown>)]
    if (list.length < minItems || list.length > maxItems) return trail.fail(describeCount(minItems, maxItems), value)
    const result = copyItems(list, step, trail)
    if (result === BROKEN) return BROKEN
    // Two dates of one time become equal texts: the list on the wire must not repeat them.
    return form === 'domain' ? new Set(result as unknown[]) : [...new Set((result as unknown[]).map((item) => item ?? null))]
  }
}
