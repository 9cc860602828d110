/** Values at the limits of a schema. They are not random. */
import { isRecord, typesOf, type SchemaObject } from '../document/schema.ts'
import { integerLimits } from './number.ts'
import type { Place, Variation } from './places.ts'

/** The values at the limits of the schema of a place, and the place without each optional property. */
export function* boundariesOf({ path, schema, value }: Place): Generator<Variation> {
  for (const { value: put, what } of atLimits(schema, value)) yield { path, value: put, what }
  const { properties = {}, required = [] } = schema
  if (!isRecord(value)) return
  for (const name of Object.keys(properties)) {
    if (Object.hasOwn(value, name) && !required.includes(name)) yield { path: [...path, name], value: undefined, what: 'left out' }
  }
}

interface Limit {
  readonly value: unknown
  readonly what: string
}

const MOST_LETTERS = 5_000
const MOST_OPTIONS = 30

function* atLimits(schema: SchemaObject, value: unknown): Generator<Limit> {
  const { const: constant, enum: options, minLength, maxLength, pattern, format } = schema
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
  if (types.includes('array')) yield* lengths(schema, Array.isArray(value) ? (value as unknown[]) : [])
}

const MOST_ITEMS = 200

/** Lists with the least and the greatest number of items, which repeat the existing items. */
function* lengths({ minItems = 0, maxItems = Infinity }: SchemaObject, items: readonly unknown[]): Generator<Limit> {
  for (const length of [minItems, maxItems]) {
    if (length > MOST_ITEMS || (length > 0 && items.length === 0)) continue
    yield { value: Array.from({ length }, (_, index) => items[index % items.length]), what: length === 0 ? 'no items' : `${length} items` }
  }
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
