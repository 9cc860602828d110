/** Values of `any` models: nothing is filtered, and the JSON is that of `JSON.stringify`. Values that it would write as `{}` are refused. */
import { MAX_WRITTEN_DEPTH } from '../../json-text.ts'
import { isPlainObject, isThenable } from '../../object-value.ts'
import { BROKEN, type Form, type Step, type Trail } from './trail.ts'

const EXPECTED = 'value that JSON can hold'

/** For generated code: the value for native JSON, `undefined` for what it leaves out, `BROKEN` for what it has no text for. */
export function anything(value: unknown): unknown {
  return check(value, undefined, 0)
}

export function anyStep(form: Form): Step {
  return form === 'domain' ? checkDomain : checkWire
}

function checkWire(value: unknown, trail: Trail): unknown {
  const checked = check(value, trail, 0)
  if (trail.verifying && checked !== BROKEN) {
    try {
      JSON.stringify(checked)
    } catch (error) {
      return trail.fail(EXPECTED, value, error)
    }
  }
  return checked
}

/** Only the program looks inside. */
function checkDomain(value: unknown, trail: Trail): unknown {
  return typeof value === 'object' && value !== null && isThenable(value) ? trail.fail('value', value) : value
}

/** `trail` learns where the value broke; generated code has none. */
function check(value: unknown, trail: Trail | undefined, level: number): unknown {
  switch (typeof value) {
    case 'object':
      return value === null || isWritable(value, trail, level) ? value : BROKEN
    case 'function':
    case 'symbol':
      return undefined
    case 'bigint':
      // A program may define `BigInt.prototype.toJSON`.
      return hasToJSON(value) ? value : fail(value, trail)
    default:
      return value
  }
}

function isWritable(value: object, trail: Trail | undefined, level: number): boolean {
  if (level > MAX_WRITTEN_DEPTH) {
    trail?.failWith(EXPECTED, 'a deeper value or a cycle')
    return false
  }
  if (Array.isArray(value)) {
    // Loops, not callbacks: every level costs stack.
    for (let i = 0; i < value.length; i++) if (check(value[i], trail, level + 1) === BROKEN) return isBrokenAt(i, trail)
    return true
  }
  if (isThenable(value)) return fail(value, trail) !== BROKEN
  if (hasToJSON(value)) return true
  const names = Object.keys(value)
  if (!isPlainObject(value) && (names.length === 0 || isForeign(value)) && !isBoxed(value)) return fail(value, trail) !== BROKEN
  for (const name of names) {
    if (check((value as Record<string, unknown>)[name], trail, level + 1) === BROKEN) return isBrokenAt(name, trail)
  }
  return true
}

function fail(value: unknown, trail: Trail | undefined): typeof BROKEN {
  trail?.fail(EXPECTED, value)
  return BROKEN
}

function isBrokenAt(step: string | number, trail: Trail | undefined): false {
  trail?.at(step)
  return false
}

function hasToJSON(value: object | bigint): boolean {
  return typeof (value as { readonly toJSON?: unknown }).toJSON === 'function'
}

/** Native JSON writes such an object without what makes it one: a message, bytes. */
function isForeign(value: object): boolean {
  return value instanceof Error || ArrayBuffer.isView(value)
}

/** Native JSON unwraps these. */
const BOXES: ReadonlySet<string> = new Set(['[object Number]', '[object String]', '[object Boolean]'])

function isBoxed(value: object): boolean {
  return BOXES.has(Object.prototype.toString.call(value))
}
