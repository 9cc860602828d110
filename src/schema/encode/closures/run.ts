/** Runs closures: for a whole value, on runtimes that forbid code generation and to find the place of a breach, and for parts that generated code does not handle. */
import type { Node } from '../../node.ts'
import { lower } from '../plan/lower.ts'
import type { CodecPlan, IslandPlan, Plan } from '../plan/plan.ts'
import { stringifyDigits, WRITABLE } from '../values/native-json.ts'
import { BROKEN, Trail, type Form } from '../values/trail.ts'
import { keyStep } from './collections.ts'
import { compileStep } from './compile.ts'
import { acceptStep, runCodec } from './foreign.ts'

/** Returns the checked and filtered value in the given form. Throws a `ModelError`. */
export function filterCarefully(node: Node, form: Form, value: unknown): unknown {
  const trail = new Trail()
  try {
    const made = compileStep(lower(node), form)(value, trail)
    if (made !== BROKEN) return made
  } catch (error) {
    ignoreRejections(value)
    throw error
  }
  ignoreRejections(value)
  throw trail.toBreach()
}

/** Returns JSON text. Throws a `ModelError`. */
export function encodeCarefully(node: Node, value: unknown): string {
  const text = tryStringify(filterCarefully(node, 'wire', value)) ?? stringifyVerified(node, value)
  if (text !== undefined) return text
  const trail = new Trail()
  trail.fail(WRITABLE, undefined)
  throw trail.toBreach()
}

/** `undefined` if a `toJSON` or a getter throws. Only a value of `any` may have one. */
function tryStringify(tree: unknown): string | undefined {
  try {
    return stringifyDigits(tree)
  } catch {
    return undefined
  }
}

/** Runs `JSON.stringify` on each value of `any`, to find the place that throws. */
function stringifyVerified(node: Node, value: unknown): string | undefined {
  const trail = new Trail(true)
  const made = compileStep(lower(node), 'wire')(value, trail)
  if (made === BROKEN) throw trail.toBreach()
  return stringifyDigits(made)
}

/** The most objects that are looked at. */
const MOST_OBJECTS = 10_000

/** Marks the rejections of all promises in a value as handled. Runs no getter, and starts no thenable that is not a promise. */
function ignoreRejections(root: unknown): void {
  const seen = new Set<object>()
  const visit = (value: unknown): void => {
    if (typeof value === 'object' && value !== null && seen.size < MOST_OBJECTS) seen.add(value)
  }
  visit(root)
  // The loop also visits what is added to the set during the loop.
  for (const value of seen) {
    if (value instanceof Promise) void Promise.prototype.then.call(value, undefined, () => undefined)
    else if (Array.isArray(value) || value instanceof Set) for (const item of value) visit(item)
    else if (value instanceof Map) for (const item of value.values()) visit(item)
    else for (const key of Object.keys(value)) visit(Object.getOwnPropertyDescriptor(value, key)?.value)
  }
}

/** A closure that generated code calls. Returns `BROKEN` for a value that breaks its plan. */
type Hosted = (value: unknown) => unknown

/** Returns the wire form of a value, for kinds that are rare in models. */
export function hostStep(plan: Plan): Hosted {
  const step = compileStep(plan, 'wire')
  return (value) => step(value, new Trail())
}

/** Returns the result of the codec, which is not checked yet. */
export function hostCodec(plan: CodecPlan): Hosted {
  const domain = compileStep(plan.domain, 'domain')
  return (value) => {
    const trail = new Trail()
    const checked = domain(value, trail)
    return checked === BROKEN ? BROKEN : runCodec(plan, checked, trail)
  }
}

/** Returns what the checks of the island or its library return. */
export function hostIsland(plan: IslandPlan): Hosted {
  const accept = acceptStep(plan, compileStep)
  return (value) => accept(value, new Trail())
}

/** Returns the text of the key of a record. */
export function hostKey(plan: Plan): (name: string) => string | typeof BROKEN {
  const step = keyStep(compileStep(plan, 'wire'))
  return (name) => step(name, new Trail())
}
