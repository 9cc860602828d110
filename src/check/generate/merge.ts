/** Merges schemas that apply together, such as those of `allOf`, into one. */
import { followSchema, typesOf, type Schema, type SchemaObject } from '../document/schema.ts'

/** How deep `allOf` is followed. A schema may contain itself. */
const MOST_DEPTH = 10

/** Merges `allOf`, and the keywords beside a reference, into one schema. */
export function flatten(schema: Schema, { root }: { readonly root: unknown }, depth = 0): Schema {
  const found = followSchema(root, schema)
  if (typeof found === 'boolean' || found.allOf === undefined || depth > MOST_DEPTH) return found
  const { allOf, ...own } = found
  return allOf.reduce<SchemaObject>((sum, part) => {
    const flat = flatten(part, { root }, depth + 1)
    return typeof flat === 'boolean' ? sum : mergeSchemas(sum, flat)
  }, own)
}

export function mergeSchemas(first: SchemaObject, second: SchemaObject): SchemaObject {
  const types = mergeTypes(typesOf(first), typesOf(second))
  const enums =
    first.enum !== undefined && second.enum !== undefined ? first.enum.filter((value) => second.enum!.includes(value)) : undefined
  return {
    ...first,
    ...second,
    ...(types.length > 0 && { type: types }),
    ...(enums !== undefined && { enum: enums }),
    ...(first.properties !== undefined &&
      second.properties !== undefined && { properties: mergeProperties(first.properties, second.properties) }),
    ...(first.required !== undefined &&
      second.required !== undefined && { required: [...new Set([...first.required, ...second.required])] }),
    ...(typeof first.items === 'object' && typeof second.items === 'object' && { items: mergeSchemas(first.items, second.items) }),
    ...limit('minimum', Math.max, first, second),
    ...limit('exclusiveMinimum', Math.max, first, second),
    ...limit('minLength', Math.max, first, second),
    ...limit('minItems', Math.max, first, second),
    ...limit('minProperties', Math.max, first, second),
    ...limit('maximum', Math.min, first, second),
    ...limit('exclusiveMaximum', Math.min, first, second),
    ...limit('maxLength', Math.min, first, second),
    ...limit('maxItems', Math.min, first, second),
    ...limit('maxProperties', Math.min, first, second),
    ...(first.additionalProperties === false && second.additionalProperties === undefined && { additionalProperties: false }),
  }
}

function mergeProperties(first: Readonly<Record<string, Schema>>, second: Readonly<Record<string, Schema>>): Record<string, Schema> {
  const merged: Record<string, Schema> = { ...first }
  for (const [name, schema] of Object.entries(second)) {
    const other = merged[name]
    merged[name] = typeof other === 'object' && typeof schema === 'object' ? { allOf: [other, schema] } : schema
  }
  return merged
}

function mergeTypes(first: readonly string[], second: readonly string[]): readonly string[] {
  if (first.length === 0 || second.length === 0) return first.length === 0 ? second : first
  return [...new Set([...first.filter((type) => holds(second, type)), ...second.filter((type) => holds(first, type))])]
}

/** Whether one of the types is this one. `integer` is a `number`. */
export function holds(types: readonly string[], type: string): boolean {
  return types.includes(type) || (type === 'integer' && types.includes('number'))
}

function limit(
  keyword:
    | 'minimum'
    | 'maximum'
    | 'exclusiveMinimum'
    | 'exclusiveMaximum'
    | 'minLength'
    | 'maxLength'
    | 'minItems'
    | 'maxItems'
    | 'minProperties'
    | 'maxProperties',
  choose: (...values: number[]) => number,
  ...schemas: readonly SchemaObject[]
): Partial<SchemaObject> {
  const values = schemas.flatMap((schema) => (typeof schema[keyword] === 'number' ? [schema[keyword]] : []))
  return values.length === 0 ? {} : { [keyword]: choose(...values) }
}
