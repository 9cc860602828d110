/** The values at the limits of a schema: always the same ones, without any chance. */
import { isRecord, typesOf, type Schema, type SchemaObject } from '../document/schema.ts'
import { flatten } from './merge.ts'
import { integerLimits } from './number.ts'

/** A value that differs from a given one at one place. */
export interface Variation {
  readonly path: readonly (string | number)[]
  readonly value: unknown
  /** `name: 100 characters` */
  readonly what: string
}

const MOST_DEPTH = 3

/** Variations of a value: at each of its places, the values at the limits of the place's schema. */
export function* boundariesOf(
  root: unknown,
  schema: Schema,
  value: unknown,
  path: readonly (string | number)[] = [],
): Generator<Variation> {
  const flat = flatten(schema, { root })
  if (typeof flat === 'boolean') return
  for (const { value: put, what } of atLimits(flat)) yield { path, value: put, what: `${placeOf(path)}${what}` }
  if (path.length >= MOST_DEPTH) return
  for (const option of [...(flat.oneOf ?? []), ...(flat.anyOf ?? [])]) if (path.length > 0) yield* boundariesOf(root, option, value, path)
  const { properties = {}, required = [], items } = flat
  if (isRecord(value)) {
    for (const [name, property] of Object.entries(properties)) {
      if (Object.hasOwn(value, name)) yield* boundariesOf(root, property, value[name], [...path, name])
      if (Object.hasOwn(value, name) && !required.includes(name))
        yield { path: [...path, name], value: undefined, what: `${placeOf([...path, name])}left out` }
    }
  }
  if (Array.isArray(value) && value.length > 0 && items !== undefined) yield* boundariesOf(root, items, value[0], [...path, 0])
}

export function placeOf(path: readonly (string | number)[]): string {
  if (path.length === 0) return ''
  return `${path
    .map((name) => (typeof name === 'number' ? '[]' : `.${name}`))
    .join('')
    .replace(/^\./, '')}: `
}

interface Limit {
  readonly value: unknown
  readonly what: string
}

const MOST_LETTERS = 5_000
const MOST_OPTIONS = 30

function* atLimits(schema: SchemaObject): Generator<Limit> {
  const { const: constant, enum: options, minLength, maxLength, pattern, format, minItems, maxItems } = schema
  if (constant !== undefined) return
  if (options !== undefined) {
    for (const option of options.slice(0, MOST_OPTIONS)) yield { value: option, what: 'one of its values' }
    return
  }
  const types = typesOf(schema)
  if (types.includes('null')) yield { value: null, what: 'null' }
  if (types.includes('boolean')) for (const value of [true, false]) yield { value, what: String(value) }
  if (types.includes('integer') || types.includes('number')) yield* numbers(schema, types.includes('integer') && !types.includes('number'))
  if (types.includes('string') && pattern === undefined && format === undefined) {
    for (const length of new Set([minLength ?? 0, (minLength ?? 0) + 1, ...(maxLength === undefined ? [] : [maxLength])])) {
      if (length <= MOST_LETTERS && (maxLength === undefined || length <= maxLength))
        yield { value: 'a'.repeat(length), what: `${length} characters` }
    }
    if ((maxLength ?? 2) >= 2) yield { value: '日🚀', what: 'characters outside of ASCII' }
  }
  if (types.includes('array') && (minItems ?? 0) === 0) yield { value: [], what: 'no items' }
  if (types.includes('array') && maxItems !== undefined && maxItems <= 200) yield { value: maxItems, what: `${maxItems} items` }
}

function* numbers(schema: SchemaObject, isInteger: boolean): Generator<Limit> {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema
  const step = multipleOf ?? (isInteger ? 1 : 0.5)
  const values = [
    minimum,
    maximum,
    exclusiveMinimum === undefined ? undefined : exclusiveMinimum + step,
    exclusiveMaximum === undefined ? undefined : exclusiveMaximum - step,
  ]
  for (const value of values) if (value !== undefined) yield { value, what: `the limit ${value}` }
  yield { value: 0, what: '0' }
  yield { value: 1, what: '1' }
  if (!isInteger) return
  const { min, max } = integerLimits(schema)
  yield { value: min, what: 'the least integer' }
  yield { value: max, what: 'the greatest integer' }
}
