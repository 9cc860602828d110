/** Values that break a schema at one place. They are not random. */
import { isRecord, typesOf, type SchemaObject } from '../document/schema.ts'
import { integerLimits } from './number.ts'
import type { Place, Variation } from './places.ts'
import { knowsFormat } from './text.ts'

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

const MOST_ITEMS = 200

interface Violation {
  readonly value: unknown
  readonly what: string
}

const OF_TYPES: readonly { readonly type: string; readonly value: unknown; readonly what: string }[] = [
  { type: 'string', value: 'wr0ngtype7', what: 'text' },
  { type: 'number', value: 17.5, what: 'a number' },
  { type: 'boolean', value: true, what: 'a boolean' },
  { type: 'array', value: [], what: 'an array' },
  { type: 'object', value: {}, what: 'an object' },
  { type: 'null', value: null, what: 'null' },
]

function* violations(schema: SchemaObject): Generator<Violation> {
  const types = typesOf(schema)
  for (const { type, value, what } of OF_TYPES)
    if (types.length > 0 && !types.includes(type)) yield { value, what: `${what} instead of ${types.join(' or ')}` }
  yield* textViolations(schema)
}

/** Violations that can be written as text, so parameters can have them too. */
export function* textViolations(schema: SchemaObject): Generator<Violation> {
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
