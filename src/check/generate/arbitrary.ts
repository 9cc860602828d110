/** JSON Schema → a fast-check arbitrary, and its values by a seed. Some values may not fit the schema: the validator drops them. */
import fc from 'fast-check'
import { followSchema, isRecord, typesOf, type Schema, type SchemaObject } from '../document/schema.ts'
import { flatten, mergeSchemas } from './merge.ts'
import { integerArbitrary, numberArbitrary, textArbitrary } from './scalar.ts'

export interface Aim {
  readonly root: unknown
  /** Whether text has only letters and digits, as in paths, headers and cookies. */
  readonly isPlain: boolean
  /** Whether only required values are generated. */
  readonly isLeast?: boolean
}

/** Below this depth, only required values are generated. Below twice this depth, only null. */
const DEPTH = 5

export function toArbitrary(schema: Schema, aim: Aim, depth = 0): fc.Arbitrary<unknown> {
  const found = flatten(schema, aim)
  if (typeof found === 'boolean') return fc.constantFrom<unknown>('text', 1, true, null)
  if (depth > DEPTH * 2) return fc.constant(null)
  if (found.const !== undefined) return fc.constant(found.const)
  if (found.enum !== undefined && found.enum.length > 0) return fc.constantFrom(...found.enum)
  const alternatives = found.oneOf ?? found.anyOf
  if (alternatives !== undefined && alternatives.length > 0) return ofAlternatives(found, alternatives, aim, depth)
  const types = typesOf(found).length > 0 ? typesOf(found) : guessTypes(found)
  const weighted = types.map((type) => ({ weight: type === 'null' ? 1 : 4, arbitrary: ofType(type, found, aim, depth) }))
  return aim.isLeast === true ? weighted[0]!.arbitrary : fc.oneof(...weighted)
}

function ofAlternatives(found: SchemaObject, alternatives: readonly Schema[], aim: Aim, depth: number): fc.Arbitrary<unknown> {
  const { oneOf: _one, anyOf: _any, ...own } = found
  const flat = alternatives.map((option) => flatten(option, aim)).filter((option) => typeof option === 'object')
  // At the greatest depth, the simplest alternative is chosen, so that a recursive schema ends.
  const chosen = depth >= DEPTH ? flat.toSorted((a, b) => weightOf(a) - weightOf(b)).slice(0, 1) : flat
  if (chosen.length === 0) return toArbitrary(own, aim, depth + 1)
  const options = chosen.map((option) => toArbitrary(mergeSchemas(own, option), aim, depth + 1))
  return aim.isLeast === true ? options[0]! : fc.oneof(...options)
}

function weightOf({ type, properties, items }: SchemaObject): number {
  if (properties !== undefined) return 3
  return items !== undefined || type === 'array' || type === 'object' ? 2 : 1
}

function guessTypes({
  properties,
  required,
  additionalProperties,
  items,
  prefixItems,
  pattern,
  format,
  minLength,
  minimum,
  maximum,
}: SchemaObject): readonly string[] {
  if (properties !== undefined || required !== undefined || additionalProperties !== undefined) return ['object']
  if (items !== undefined || prefixItems !== undefined) return ['array']
  if (minimum !== undefined || maximum !== undefined) return ['number']
  if (pattern !== undefined || format !== undefined || minLength !== undefined) return ['string']
  return ['string', 'integer', 'boolean']
}

function ofType(type: string, schema: SchemaObject, aim: Aim, depth: number): fc.Arbitrary<unknown> {
  switch (type) {
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return integerArbitrary(schema)
    case 'number':
      return numberArbitrary(schema)
    case 'array':
      return arrayArbitrary(schema, aim, depth)
    case 'object':
      return objectArbitrary(schema, aim, depth)
    default:
      return textArbitrary(schema, aim.isPlain || aim.isLeast === true)
  }
}

const MOST_MORE_ITEMS = 4

function arrayArbitrary(schema: SchemaObject, aim: Aim, depth: number): fc.Arbitrary<unknown> {
  const { items = true, prefixItems = [], minItems = 0, maxItems = Infinity, uniqueItems = false, contains } = schema
  const first = prefixItems.map((item) => toArbitrary(item, aim, depth + 1))
  const more = items === false ? 0 : depth >= DEPTH || aim.isLeast === true ? 0 : MOST_MORE_ITEMS
  const least = Math.max(0, minItems - first.length)
  // At the greatest depth, `most` is `least`, so that a recursive schema ends.
  const most = Math.max(least, Math.min(maxItems - first.length, least + more))
  const rest =
    most === 0
      ? fc.constant<unknown[]>([])
      : uniqueItems
        ? uniqueArray(items, aim, depth, { least, most })
        : fc.array(toArbitrary(contains ?? items, aim, depth + 1), { minLength: least, maxLength: most })
  return fc.tuple(fc.tuple(...first), rest).map(([head, tail]) => [...head, ...tail])
}

function uniqueArray(items: Schema, aim: Aim, depth: number, { least, most }: { least: number; most: number }): fc.Arbitrary<unknown[]> {
  return fc.uniqueArray(toArbitrary(items, aim, depth + 1), {
    minLength: least,
    maxLength: most,
    selector: (value) => JSON.stringify(value),
  })
}

function objectArbitrary(schema: SchemaObject, aim: Aim, depth: number): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], minProperties = 0, additionalProperties, propertyNames } = schema
  const names = Object.keys(properties).filter((name) => !isReadOnly(properties[name], aim))
  const isDeep = depth >= DEPTH || aim.isLeast === true
  const kept = names.filter((name) => required.includes(name) || !isDeep)
  const undeclared = required.filter((name) => !Object.hasOwn(properties, name))
  const shape = {
    ...Object.fromEntries(kept.map((name) => [name, toArbitrary(properties[name]!, aim, depth + 1)])),
    ...Object.fromEntries(
      undeclared.map((name) => [name, toArbitrary(typeof additionalProperties === 'object' ? additionalProperties : true, aim, depth + 1)]),
    ),
  }
  const record = fc.record(shape, { requiredKeys: Object.keys(shape).filter((name) => required.includes(name)), noNullPrototype: true })
  const missing = Math.max(0, minProperties - required.length)
  const isMap = additionalProperties === true || isRecord(additionalProperties)
  if (!isMap || (isDeep && missing === 0))
    return missing > 0 && isDeep ? toArbitrary(schema, { ...aim, isLeast: false }, Math.min(depth, DEPTH - 1)) : record
  const key = isRecord(propertyNames) ? textArbitrary(propertyNames, true) : fc.stringMatching(/^[a-z]{3,8}$/)
  const value = toArbitrary(additionalProperties, aim, depth + 1)
  const more = fc.dictionary(key, value, {
    minKeys: names.length === 0 ? missing : 0,
    maxKeys: Math.max(missing, names.length === 0 ? 3 : 1),
    noNullPrototype: true,
  })
  return fc.tuple(more, record).map(([extra, own]) => ({ ...extra, ...own }))
}

function isReadOnly(schema: Schema | undefined, aim: Aim): boolean {
  if (typeof schema !== 'object') return false
  if (schema.readOnly === true) return true
  const found = schema.$ref === undefined ? schema : followSchema(aim.root, schema)
  return typeof found === 'object' && found.readOnly === true
}

/** The same seed gives the same values. Empty if fast-check cannot generate values. */
export function sample(arbitrary: fc.Arbitrary<unknown>, seed: number, count: number): readonly unknown[] {
  try {
    return fc
      .sample(arbitrary, { seed, numRuns: count })
      .map(toPlain)
      .filter((value) => value !== undefined)
  } catch {
    return []
  }
}

/** The value after JSON, as the server reads it. */
function toPlain(value: unknown): unknown {
  const text = JSON.stringify(value) as string | undefined
  return text === undefined ? undefined : (JSON.parse(text) as unknown)
}

/** A seed for each place (FNV-1a), so that the values of one operation do not depend on those of another. */
export function seedFor(seed: number, ...place: readonly string[]): number {
  let hash = 0x811c9dc5 ^ seed
  for (const char of place.join('\n')) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193)
  return hash | 0
}
