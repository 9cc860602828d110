/** What the encoders need around native `JSON.stringify`: a check of `any` values, which it would write wrongly, and integers of 64 bits. */
import { MAX_WRITTEN_DEPTH } from '../../json-text.ts'
import { isPlainObject, isThenable } from '../../object-value.ts'
import { BROKEN, type Form, type Step, type Trail } from './trail.ts'

/** The `expected` part of a breach for a value without JSON. */
export const WRITABLE = 'value that JSON can represent'

/** Checks a value of `any` in generated code. Returns the value, `undefined` if `JSON.stringify` leaves it out, or `BROKEN` if it would throw or write `{}`. */
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
      return trail.fail(WRITABLE, value, error)
    }
  }
  return checked
}

/** The program gets the value unchanged, so only the value itself is checked, and not what it contains. */
function checkDomain(value: unknown, trail: Trail): unknown {
  return typeof value === 'object' && value !== null && isThenable(value) ? trail.fail('value', value) : value
}

/** Records the place of the breach in `trail`. Generated code has no trail. */
function check(value: unknown, trail: Trail | undefined, level: number): unknown {
  switch (typeof value) {
    case 'object':
      return value === null || isWritable(value, trail, level) ? value : BROKEN
    case 'function':
    case 'symbol':
      return undefined
    case 'bigint':
      // A program may have defined `BigInt.prototype.toJSON`.
      return hasToJSON(value) ? value : fail(value, trail)
    default:
      return value
  }
}

function isWritable(value: object, trail: Trail | undefined, level: number): boolean {
  if (level > MAX_WRITTEN_DEPTH) {
    trail?.failWith(WRITABLE, 'a deeper value or a cycle')
    return false
  }
  if (Array.isArray(value)) {
    // A loop uses less of the stack than a callback, and the value may be deep.
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
  trail?.fail(WRITABLE, value)
  return BROKEN
}

function isBrokenAt(step: string | number, trail: Trail | undefined): false {
  trail?.at(step)
  return false
}

function hasToJSON(value: object | bigint): boolean {
  return typeof (value as { readonly toJSON?: unknown }).toJSON === 'function'
}

/** `JSON.stringify` would write such an object without its content: an error without its message, and bytes as an object with numbers as names. */
function isForeign(value: object): boolean {
  return value instanceof Error || ArrayBuffer.isView(value)
}

/** `JSON.stringify` writes the primitive values of these. */
const BOXES: ReadonlySet<string> = new Set(['[object Number]', '[object String]', '[object Boolean]'])

function isBoxed(value: object): boolean {
  return BOXES.has(Object.prototype.toString.call(value))
}

declare global {
  interface JSON {
    /** Node has it since version 22. */
    rawJSON?(text: string): object
  }
}

/** Stands for an integer in a tree, on runtimes without `JSON.rawJSON`. `stringifyDigits` replaces the token by the digits. */
class Digits {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toJSON(): string {
    pending.push(this.text)
    return token
  }
}

let pending: string[] = []
let token = ''
let serial = 0

/** A number, or for an integer that a number cannot represent exactly, an object that `stringifyDigits` writes with all digits. */
export function toInteger(value: bigint): unknown {
  if (value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER) return Number(value)
  const text = value.toString()
  return JSON.rawJSON === undefined ? new Digits(text) : JSON.rawJSON(text)
}

/** `JSON.stringify` for trees that may contain results of `toInteger`. */
export function stringifyDigits(tree: unknown): string | undefined {
  if (JSON.rawJSON !== undefined) return JSON.stringify(tree)
  const outer = { pending, token }
  try {
    for (;;) {
      pending = []
      token = `int64:${serial++}`
      const text: string | undefined = JSON.stringify(tree)
      if (pending.length === 0 || text === undefined) return text
      const parts = text.split(`"${token}"`)
      // The value contains a string that equals the token, so another token is tried.
      if (parts.length === pending.length + 1) return parts.map((part, index) => part + (pending[index] ?? '')).join('')
    }
  } finally {
    ;({ pending, token } = outer)
  }
}
