/** Tests of limits: the length and format of a string, the range of a number or date, the number of items of a list. */
import { type BigIntNode, type DateNode, type LiteralNode, type NumberNode, type StringNode, FORMAT_RANGES } from '../../node.ts'
import { timeOf } from './dates.ts'
import { fastTestOf } from './formats.ts'

/** Counts code points, as JSON Schema does. A lone surrogate counts as one. */
function countCodePoints(text: string): number {
  let count = 0
  for (let i = 0; i < text.length; i++, count++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0xd800 && unit <= 0xdbff && i + 1 < text.length) {
      const next = text.charCodeAt(i + 1)
      if (next >= 0xdc00 && next <= 0xdfff) i++
    }
  }
  return count
}

/** Whether the number of code points is within the limits. A code point is one or two UTF-16 units, so only a string near a limit is counted. */
export function hasLength(text: string, minimum: number, maximum: number): boolean {
  const units = text.length
  if (units < minimum || units > maximum * 2) return false
  if (units >= minimum * 2 && units <= maximum) return true
  const count = countCodePoints(text)
  return count >= minimum && count <= maximum
}

/** An expression with the flag `g` or `y` keeps its position between calls. Without the reset it would refuse every second value. */
export function matchesFromStart(pattern: RegExp, text: string): boolean {
  pattern.lastIndex = 0
  return pattern.test(text)
}

export function isStateful(pattern: RegExp): boolean {
  return pattern.global || pattern.sticky
}

/** Tolerates the rounding errors of decimal fractions, so that 2.03 is a multiple of 0.07. */
export function isMultipleOf(value: number, step: number): boolean {
  const ratio = value / step
  const distance = Math.abs(ratio - Math.round(ratio))
  return distance < 4 * Number.EPSILON * Math.max(Math.abs(ratio), 1) || distance === 0
}

/** The inclusive range that satisfies both the limits and the format of a number node. */
export function rangeOf({ format, minimum = -Infinity, maximum = Infinity }: NumberNode): readonly [number, number] {
  const [lowest, highest] = (format === undefined ? undefined : FORMAT_RANGES[format]) ?? [-Infinity, Infinity]
  return [Math.max(minimum, lowest), Math.min(maximum, highest)]
}

const NUMERIC = /^-?\d+(?:\.\d+)?$/

/** The number in the key of an object; `undefined` for a key that is not a number. */
export function parseNumericKey(name: string): number | undefined {
  return NUMERIC.test(name) ? Number(name) : undefined
}

/** Also accepts arrays of other realms. */
export function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array || (ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]')
}

export function stringTest({ minLength, maxLength, patterns, check }: StringNode): ((text: string) => boolean) | undefined {
  const tests: ((text: string) => boolean)[] = []
  if (minLength !== undefined || maxLength !== undefined) {
    const minimum = minLength ?? 0
    const maximum = maxLength ?? Infinity
    tests.push((text) => hasLength(text, minimum, maximum))
  }
  for (const pattern of patterns) tests.push(patternTest(pattern))
  if (check !== undefined) tests.push(check)
  return all(tests)
}

function patternTest(pattern: RegExp): (text: string) => boolean {
  return fastTestOf(pattern) ?? (isStateful(pattern) ? (text) => matchesFromStart(pattern, text) : (text) => pattern.test(text))
}

export function numberTest(node: NumberNode): (value: number) => boolean {
  const { integer, exclusiveMinimum = -Infinity, exclusiveMaximum = Infinity, multipleOf } = node
  const [minimum, maximum] = rangeOf(node)
  const isNumber = integer ? Number.isSafeInteger : Number.isFinite
  return (value) =>
    isNumber(value) &&
    value >= minimum &&
    value <= maximum &&
    value > exclusiveMinimum &&
    value < exclusiveMaximum &&
    (multipleOf === undefined || isMultipleOf(value, multipleOf))
}

export function bigintTest({ format, minimum, maximum }: BigIntNode): ((value: bigint) => boolean) | undefined {
  const tests: ((value: bigint) => boolean)[] = []
  if (format === 'int64') tests.push((value) => BigInt.asIntN(64, value) === value)
  if (format === 'uint64') tests.push((value) => BigInt.asUintN(64, value) === value)
  if (minimum !== undefined) tests.push((value) => value >= minimum)
  if (maximum !== undefined) tests.push((value) => value <= maximum)
  return all(tests)
}

/** Returns the time of a date that the node accepts, else `NaN`. */
export function timeTest({ minimum, maximum }: DateNode): (value: unknown) => number {
  if ((minimum ?? maximum) === undefined) return timeOf
  const earliest = minimum?.getTime() ?? -Infinity
  const latest = maximum?.getTime() ?? Infinity
  return (value) => {
    const time = timeOf(value)
    return time >= earliest && time <= latest ? time : NaN
  }
}

/** The limits of the number of items. */
export interface Count {
  readonly minItems?: number | undefined
  readonly maxItems?: number | undefined
}

export function countTest({ minItems = 0, maxItems = Infinity }: Count): (count: number) => boolean {
  return (count) => count >= minItems && count <= maxItems
}

/** The constants that JSON can represent. */
export function constantsOf({ values }: LiteralNode): LiteralNode['values'] {
  return values.filter((value) => typeof value !== 'number' || Number.isFinite(value))
}

function all<Value>(tests: readonly ((value: Value) => boolean)[]): ((value: Value) => boolean) | undefined {
  if (tests.length <= 1) return tests[0]
  return (value) => tests.every((test) => test(value))
}
