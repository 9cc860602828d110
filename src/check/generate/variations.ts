/** Varies a value at each of its places: values at the limits of the schema, and values that break it. They are not random. */
import { isRecord, typesOf, type Schema, type SchemaObject } from '../document/schema.ts'
import { flatten } from './merge.ts'
import { integerLimits, knowsFormat } from './scalar.ts'

type Path = readonly (string | number)[]

interface Place {
  readonly path: Path
  readonly schema: SchemaObject
  readonly value: unknown
  /** Whether the schema is one of several alternatives. A value that breaks it may fit another one. */
  readonly isAlternative: boolean
}

/** A value with a description. */
interface Described {
  readonly value: unknown
  /** `100 characters` */
  readonly what: string
}

/** A value that differs from a given one at one place. `undefined` as `value` removes the place. */
interface Variation extends Described {
  readonly path: Path
}

/** How deep the properties and items of a value are varied. */
const MOST_PATH = 3
/** How many nested alternatives are followed. They have the same path, so `MOST_PATH` does not limit them. */
const MOST_ALTERNATIVES = 3

export function placesOf(root: unknown, schema: Schema, value: unknown): Generator<Place> {
  return below({ root, schema, value, path: [], alternatives: 0 })
}

interface At {
  readonly root: unknown
  readonly schema: Schema
  readonly value: unknown
  readonly path: Path
  readonly alternatives: number
}

function* below(at: At): Generator<Place> {
  const { root, value, path, alternatives } = at
  const schema = flatten(at.schema, { root })
  if (typeof schema === 'boolean') return
  yield { path, schema, value, isAlternative: alternatives > 0 }
  if (path.length >= MOST_PATH) return
  if (path.length > 0 && alternatives < MOST_ALTERNATIVES) {
    for (const option of [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])])
      yield* below({ ...at, schema: option, alternatives: alternatives + 1 })
  }
  const { properties = {}, items } = schema
  if (isRecord(value)) {
    for (const [name, property] of Object.entries(properties))
      if (Object.hasOwn(value, name)) yield* below({ ...at, schema: property, value: value[name], path: [...path, name] })
  }
  if (Array.isArray(value) && value.length > 0 && items !== undefined)
    yield* below({ ...at, schema: items, value: value[0], path: [...path, 0] })
}

/** `body.tags[]`; `root` for the value itself. */
export function labelOf(root: string, path: Path): string {
  return root + path.map((name) => (typeof name === 'number' ? '[]' : `.${name}`)).join('')
}

/** Replaces the value at a path. `undefined` removes it. */
export function replaceAt(value: unknown, path: Path, put: unknown): unknown {
  const [name, ...rest] = path
  if (name === undefined) return put
  if (Array.isArray(value)) {
    const items = [...(value as unknown[])]
    const next = replaceAt(items[Number(name)], rest, put)
    if (next === undefined) items.splice(Number(name), 1)
    else items[Number(name)] = next
    return items
  }
  const record = { ...(value as Record<string, unknown>) }
  const next = replaceAt(record[name], rest, put)
  if (next === undefined) delete record[name]
  else record[name] = next
  return record
}

/** The values at the limits of the schema of a place, and the place without each optional property. */
export function* boundariesOf({ path, schema, value }: Place): Generator<Variation> {
  for (const { value: put, what } of atLimits(schema, value)) yield { path, value: put, what }
  const { properties = {}, required = [] } = schema
  if (!isRecord(value)) return
  for (const name of Object.keys(properties)) {
    if (Object.hasOwn(value, name) && !required.includes(name)) yield { path: [...path, name], value: undefined, what: 'left out' }
  }
}

const MOST_LETTERS = 5_000
const MOST_OPTIONS = 30

function* atLimits(schema: SchemaObject, value: unknown): Generator<Described> {
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
function* lengths({ minItems = 0, maxItems = Infinity }: SchemaObject, items: readonly unknown[]): Generator<Described> {
  for (const length of [minItems, maxItems]) {
    if (length > MOST_ITEMS || (length > 0 && items.length === 0)) continue
    yield { value: Array.from({ length }, (_, index) => items[index % items.length]), what: length === 0 ? 'no items' : `${length} items` }
  }
}

function* numbers(schema: SchemaObject, isInteger: boolean): Generator<Described> {
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

/** Values that probably break the schema of a place. The validator decides. */
export function* violationsOf({ path, schema, value, isAlternative }: Place): Generator<Variation> {
  if (isAlternative) return
  for (const { value: put, what } of violations(schema)) yield { path, value: put, what }
  const { required = [], additionalProperties, maxItems = Infinity } = schema
  if (isRecord(value)) {
    for (const name of required) {
      if (Object.hasOwn(value, name)) yield { path: [...path, name], value: undefined, what: 'left out' }
    }
    if (additionalProperties === false) yield { path: [...path, 'undeclared_by_check'], value: 1, what: 'a property that is not declared' }
  }
  if (Array.isArray(value) && value.length > 0 && maxItems < MOST_ITEMS)
    yield {
      path,
      value: Array.from({ length: maxItems + 1 }, () => value[0] as unknown),
      what: `${maxItems + 1} items, more than ${maxItems}`,
    }
}

const OF_TYPES: readonly { readonly type: string; readonly value: unknown; readonly what: string }[] = [
  { type: 'string', value: 'wr0ngtype7', what: 'text' },
  { type: 'number', value: 17.5, what: 'a number' },
  { type: 'boolean', value: true, what: 'a boolean' },
  { type: 'array', value: [], what: 'an array' },
  { type: 'object', value: {}, what: 'an object' },
  { type: 'null', value: null, what: 'null' },
]

function* violations(schema: SchemaObject): Generator<Described> {
  const types = typesOf(schema)
  for (const { type, value, what } of OF_TYPES)
    if (types.length > 0 && !types.includes(type)) yield { value, what: `${what} instead of ${types.join(' or ')}` }
  yield* textViolations(schema)
}

/** Violations that can be written as text, so parameters can have them too. */
export function* textViolations(schema: SchemaObject): Generator<Described> {
  const { enum: options, minLength = 0, maxLength, pattern, format, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema
  const types = typesOf(schema)
  const isText = types.includes('string') || (types.length === 0 && options?.every((option) => typeof option === 'string') === true)
  if (isText && options !== undefined) yield { value: 'n0tamember', what: 'none of its values' }
  else if (isText) {
    if (minLength > 0) yield { value: 'a'.repeat(minLength - 1), what: `${minLength - 1} characters, fewer than ${minLength}` }
    if (maxLength !== undefined && maxLength < 20_000)
      yield { value: 'a'.repeat(maxLength + 1), what: `${maxLength + 1} characters, more than ${maxLength}` }
    if (pattern !== undefined)
      for (const value of ['n0 m4tch!', '\u00a1', '']) yield { value, what: 'text that does not match its pattern' }
    if (format !== undefined && knowsFormat(format))
      yield { value: `n0t a ${format.replaceAll('-', ' ')}`, what: `text that is not a ${format}` }
  }
  if (!types.includes('integer') && !types.includes('number')) return
  if (minimum !== undefined) yield { value: minimum - 1, what: `${minimum - 1}, less than ${minimum}` }
  if (maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER) yield { value: maximum + 1, what: `${maximum + 1}, more than ${maximum}` }
  if (exclusiveMinimum !== undefined) yield { value: exclusiveMinimum, what: `${exclusiveMinimum}, not more than ${exclusiveMinimum}` }
  if (exclusiveMaximum !== undefined) yield { value: exclusiveMaximum, what: `${exclusiveMaximum}, not less than ${exclusiveMaximum}` }
  if (
    types.includes('integer') &&
    !types.includes('number') &&
    minimum === undefined &&
    maximum === undefined &&
    schema.format !== undefined
  ) {
    const { max } = integerLimits(schema)
    if (max < Number.MAX_SAFE_INTEGER) yield { value: max + 1, what: `${max + 1}, more than a ${schema.format} holds` }
  }
}
