/** Expressions of generated code: conditions that are true for a value that breaks its plan, and reads of properties. */
import { isAnyText as isPlainText } from '../../intersection.ts'
import type { BigIntNode, LiteralNode, NumberNode, StringNode } from '../../node.ts'
import { isInheritedName, isReadable, readDefined } from '../../object-value.ts'
import type { ObjectPlan, Plan, ScalarNode } from '../plan/plan.ts'
import {
  bigintTest,
  constantsOf,
  hasLength,
  isMultipleOf,
  isStateful,
  matchesFromStart,
  rangeOf,
  type Count,
} from '../values/constraints.ts'
import { fastTestOf } from '../values/formats.ts'
import { member, quote, type Source } from './source.ts'

type Condition<Scalar> = (node: Scalar, value: string, source: Source) => string | undefined

const CONDITIONS: { readonly [Kind in ScalarNode['kind']]: Condition<Extract<ScalarNode, { kind: Kind }>> } = {
  string: isBrokenString,
  number: isBrokenNumber,
  boolean: (_node, value) => isNoBoolean(value),
  literal: (node, value, source) => (hasBigInts(node) ? undefined : isBrokenLiteral(node, value, source)),
  bigint: () => undefined,
  date: () => undefined,
  url: () => undefined,
  bytes: () => undefined,
  file: () => undefined,
}

/** The condition of a plan whose values need no conversion; `undefined` for all other plans. */
export function isBrokenPlain(plan: Plan, value: string, source: Source): string | undefined {
  if (plan.kind === 'scalar') return (CONDITIONS[plan.node.kind] as Condition<ScalarNode>)(plan.node, value, source)
  if (plan.kind === 'unless') return unless(`${value} !== ${plan.constant}`, isBrokenPlain(plan.inner, value, source))
  if (plan.kind !== 'ranked') return undefined
  const options = plan.options.map((option) => isBrokenPlain(option, value, source))
  return options.includes(undefined) ? undefined : options.map((option) => `(${option})`).join(' && ')
}

export function hasBigInts({ values }: LiteralNode): boolean {
  return values.some((constant) => typeof constant === 'bigint')
}

export function isNoBoolean(value: string): string {
  return `typeof ${value} !== 'boolean'`
}

function unless(present: string, isBroken: string | undefined): string | undefined {
  return isBroken === undefined ? undefined : `${present} && (${isBroken})`
}

export function isBrokenString(node: StringNode, value: string, source: Source): string {
  const { minLength = 0, maxLength = Infinity, patterns, check } = node
  const terms = [`typeof ${value} !== 'string'`]
  if (minLength === 1) terms.push(`${value}.length === 0`)
  const least = minLength > 1 ? `${value}.length < ${minLength * 2}` : undefined
  const most = maxLength < Infinity ? `${value}.length > ${maxLength}` : undefined
  // A code point is one or two UTF-16 units, so only a string near a limit is counted.
  if (least !== undefined || most !== undefined) {
    const near = least !== undefined && most !== undefined ? `(${least} || ${most})` : (least ?? most)
    terms.push(`${near} && !${source.constant(hasLength, 'hasLength')}(${value}, ${minLength}, ${maxLength})`)
  }
  for (const pattern of patterns) terms.push(`!${patternCall(pattern, value, source)}`)
  if (check !== undefined) terms.push(`!${source.constant(check, 'check')}(${value})`)
  return terms.join(' || ')
}

function patternCall(pattern: RegExp, value: string, source: Source): string {
  const fast = fastTestOf(pattern)
  if (fast !== undefined) return `${source.constant(fast, 'hasFormat')}(${value})`
  const name = source.constant(pattern, 'pattern')
  return isStateful(pattern) ? `${source.constant(matchesFromStart, 'matchesFromStart')}(${name}, ${value})` : `${name}.test(${value})`
}

export function isBrokenNumber(node: NumberNode, value: string, source: Source): string {
  const { integer, exclusiveMinimum, exclusiveMaximum, multipleOf } = node
  const [minimum, maximum] = rangeOf(node)
  const terms = [
    integer
      ? `!${source.constant(Number.isSafeInteger, 'isSafeInteger')}(${value})`
      : `typeof ${value} !== 'number' || !${source.constant(Number.isFinite, 'isFinite')}(${value})`,
  ]
  const isBeyond = (limit: number) => !Number.isFinite(limit) || (integer && Math.abs(limit) >= Number.MAX_SAFE_INTEGER)
  if (!isBeyond(minimum)) terms.push(`${value} < ${minimum}`)
  if (!isBeyond(maximum)) terms.push(`${value} > ${maximum}`)
  if (exclusiveMinimum !== undefined) terms.push(`!(${value} > ${exclusiveMinimum})`)
  if (exclusiveMaximum !== undefined) terms.push(`!(${value} < ${exclusiveMaximum})`)
  if (multipleOf !== undefined) terms.push(`!${source.constant(isMultipleOf, 'isMultipleOf')}(${value}, ${multipleOf})`)
  return terms.join(' || ')
}

export function isBrokenBigInt(node: BigIntNode, value: string, source: Source): string {
  const test = bigintTest(node)
  const type = `typeof ${value} !== 'bigint'`
  return test === undefined ? type : `${type} || !${source.constant(test, 'isInRange')}(${value})`
}

export function isBrokenLiteral(node: LiteralNode, value: string, source: Source): string {
  const values = constantsOf(node)
  if (values.length > 8) return `!${source.constant(new Set(values), 'constants')}.has(${value})`
  return values.length === 0 ? 'true' : values.map((constant) => `${value} !== ${toCode(constant)}`).join(' && ')
}

export function toCode(constant: LiteralNode['values'][number]): string {
  if (typeof constant === 'string') return quote(constant)
  return typeof constant === 'bigint' ? `${constant}n` : String(constant)
}

export function isBrokenList({ minItems = 0, maxItems = Infinity }: Count, value: string): string {
  const terms = [`!Array.isArray(${value})`]
  if (minItems > 0) terms.push(`${value}.length < ${minItems}`)
  if (maxItems < Infinity) terms.push(`${value}.length > ${maxItems}`)
  return terms.join(' || ')
}

export function isNoObject(value: string): string {
  return `typeof ${value} !== 'object' || ${value} === null || Array.isArray(${value})`
}

/** Whether the plan accepts every key. */
export function isAnyText(key: Plan): boolean {
  return key.kind === 'scalar' && isPlainText(key.node)
}

/** The property that distinguishes the options of a union. The code of the union has read it already. */
export interface Tag {
  readonly name: string
  /** The variable with its value. */
  readonly value: string
}

/**
 * True for an object that no model may read, such as a promise. The test runs only if none of the properties has a value: `read` has their
 * variables. `undefined` if a required property makes the test unnecessary.
 */
export function isUnreadable({ fields, requiresProperty }: ObjectPlan, read: readonly string[], source: Source): string | undefined {
  if (requiresProperty) return undefined
  const names = fields.map(({ name }) => name)
  const isReadableCall = `!${source.constant(isReadable, 'isReadable')}(value, ${source.constant(names, 'names')})`
  return [...read.map((value) => `${value} === undefined`), isReadableCall].join(' && ')
}

/** Reads a property. Names that every object inherits need a function. */
export function readOf(value: string, name: string, source: Source): string {
  return isInheritedName(name) ? `${source.constant(readDefined, 'readDefined')}(${value}, ${quote(name)})` : member(value, name)
}
