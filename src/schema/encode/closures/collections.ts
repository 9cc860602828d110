/** Steps of arrays, tuples, records, maps and sets. */
import { assign, isPlainObject } from '../../object-value.ts'
import type { Compiler } from './object.ts'
import type { ListPlan, MapPlan, Plan, RecordPlan, SetPlan, TuplePlan } from '../plan/plan.ts'
import { countTest, parseNumericKey, type Count } from '../values/constraints.ts'
import { BROKEN, type Step, type Trail } from '../values/trail.ts'

export function listStep(plan: ListPlan, { compile }: Compiler): Step {
  const step = compile(plan.items)
  const hasCount = countTest(plan)
  return (value, trail) => {
    if (!Array.isArray(value)) return trail.fail('array', value)
    if (!hasCount(value.length)) return trail.fail(describeCount(plan), value)
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

function describeCount({ minItems = 0, maxItems }: Count): string {
  return maxItems === undefined ? `at least ${minItems} items` : `${minItems} to ${maxItems} items`
}

export function tupleStep(plan: TuplePlan, { compile }: Compiler): Step {
  const { expected } = plan
  const steps = plan.items.map(compile)
  const rest = plan.rest === undefined ? undefined : compile(plan.rest)
  const hasCount = countTest(plan)
  return (value, trail) => {
    if (!Array.isArray(value)) return trail.fail(expected, value)
    const { length } = value
    if (!hasCount(length)) return trail.fail(expected, value)
    const result: unknown[] = []
    for (let i = 0; i < Math.max(length, steps.length); i++) {
      const made = (steps[i] ?? rest!)(i < length ? value[i] : undefined, trail)
      if (made === BROKEN) return trail.at(i)
      // An absent item ends the tuple, because otherwise the items after it would get lower indexes.
      if (made === undefined && i >= length) break
      result.push(made)
    }
    return result
  }
}

export function recordStep(plan: RecordPlan, { compile }: Compiler): Step {
  const keyOf = keyStep(compile(plan.key))
  const step = compile(plan.value)
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

/** The keys of objects are text. If the model refuses a key as text, the key is tried as a number. */
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

export function mapStep(plan: MapPlan, { form, compile }: Compiler): Step {
  const keyOf = compile(plan.key)
  const step = compile(plan.value)
  const collect = form === 'domain' ? (pairs: Pairs) => new Map(pairs) : isText(plan.key) ? toObject : (pairs: Pairs) => pairs
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

/** Whether a map with these keys is an object in JSON. Otherwise it is an array of pairs. */
function isText(key: Plan): boolean {
  return key.kind === 'scalar' && key.node.kind === 'string'
}

type Pairs = readonly (readonly [unknown, unknown])[]

function toObject(pairs: Pairs): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [key, value] of pairs) if (value !== undefined) assign(result, String(key), value)
  return result
}

export function setStep(plan: SetPlan, { form, compile }: Compiler): Step {
  const step = compile(plan.items)
  const hasCount = countTest(plan)
  return (value, trail) => {
    if (!(value instanceof Set)) return trail.fail('Set', value)
    const list = [...(Set.prototype.values.call(value) as SetIterator<unknown>)]
    if (!hasCount(list.length)) return trail.fail(describeCount(plan), value)
    const result = copyItems(list, step, trail)
    if (result === BROKEN) return BROKEN
    // Two equal dates of a set become equal strings, which the list in JSON must not repeat.
    return form === 'domain' ? new Set(result as unknown[]) : [...new Set((result as unknown[]).map((item) => item ?? null))]
  }
}
