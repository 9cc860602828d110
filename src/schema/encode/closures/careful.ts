/** The encoder by closures: for runtimes that forbid code generation, and to find the place where a value breaks its model. */
import type { Node } from '../../node.ts'
import { lower } from '../plan/lower.ts'
import { compileStep } from './compile.ts'
import { stringifyDigits } from '../values/native-json.ts'
import { BROKEN, Trail, type Form } from '../values/trail.ts'

/** Checks and filters the value, in one of its forms. Throws a `ModelError`. */
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

/** JSON text. Throws a `ModelError`. */
export function encodeCarefully(node: Node, value: unknown): string {
  const text = tryStringify(filterCarefully(node, 'wire', value)) ?? stringifyVerified(node, value)
  if (text !== undefined) return text
  const trail = new Trail()
  trail.fail('value that JSON can represent', undefined)
  throw trail.toBreach()
}

/** Fails only for a `toJSON` or a getter that throws, inside a value of `any`. */
function tryStringify(tree: unknown): string | undefined {
  try {
    return stringifyDigits(tree)
  } catch {
    return undefined
  }
}

function stringifyVerified(node: Node, value: unknown): string | undefined {
  const trail = new Trail(true)
  const made = compileStep(lower(node), 'wire')(value, trail)
  if (made === BROKEN) throw trail.toBreach()
  return stringifyDigits(made)
}

/** Values of this many objects are looked through. */
const MOST_OBJECTS = 10_000

/** Marks the rejections of all promises in a value as handled. Runs no getter, and starts no thenable that is not a promise. */
function ignoreRejections(root: unknown): void {
  const seen = new Set<object>()
  const visit = (value: unknown): void => {
    if (typeof value === 'object' && value !== null && seen.size < MOST_OBJECTS) seen.add(value)
  }
  visit(root)
  // A set hands out what is added while it is walked.
  for (const value of seen) {
    if (value instanceof Promise) void Promise.prototype.then.call(value, undefined, () => undefined)
    else if (Array.isArray(value) || value instanceof Set) for (const item of value) visit(item)
    else if (value instanceof Map) for (const item of value.values()) visit(item)
    else for (const key of Object.keys(value)) visit(Object.getOwnPropertyDescriptor(value, key)?.value)
  }
}
