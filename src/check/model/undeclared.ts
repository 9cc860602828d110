/** Finds the properties of a value that its schema does not name. JSON Schema allows them, but one may be a password hash. */
import { followSchema, isRecord, type Schema, type SchemaObject } from '../document/schema.ts'

/** The places of undeclared properties: `items[].password_hash`. */
export function findUndeclared(root: unknown, schema: Schema, value: unknown): readonly string[] {
  const found = new Set<string>()
  visit({ root, found }, [schema], { value, place: '', depth: 0 })
  return [...found]
}

interface Search {
  readonly root: unknown
  readonly found: Set<string>
}

interface At {
  readonly value: unknown
  readonly place: string
  readonly depth: number
}

const MOST_DEPTH = 12
const MOST_ITEMS = 20

/** `schemas`: the schemas that may describe the value. */
function visit(search: Search, schemas: readonly Schema[], { value, place, depth }: At): void {
  if (depth > MOST_DEPTH) return
  const all = schemas.flatMap((schema) => partsOf(search.root, schema))
  if (Array.isArray(value)) {
    const items = all.flatMap(({ items, prefixItems = [] }) => [...prefixItems, ...(items === undefined ? [] : [items])])
    if (items.length === 0) return
    for (const each of value.slice(0, MOST_ITEMS) as unknown[]) visit(search, items, { value: each, place: `${place}[]`, depth: depth + 1 })
    return
  }
  if (!isRecord(value)) return
  const describing = all.filter(
    ({ properties, additionalProperties, patternProperties }) => properties ?? additionalProperties ?? patternProperties,
  )
  if (describing.length === 0 || !describing.some(({ properties }) => properties !== undefined)) {
    visitValues(search, describing, { value, place, depth })
    return
  }
  const isOpen = all.some(isOpenObject)
  for (const [name, child] of Object.entries(value)) {
    const below = place === '' ? name : `${place}.${name}`
    const named = describing.flatMap(({ properties = {} }) => (Object.hasOwn(properties, name) ? [properties[name]!] : []))
    if (named.length > 0) visit(search, named, { value: child, place: below, depth: depth + 1 })
    else if (!isOpen) search.found.add(below)
  }
}

function visitValues(search: Search, describing: readonly SchemaObject[], { value, place, depth }: At): void {
  const values = describing.flatMap(({ additionalProperties, patternProperties = {} }) => [
    ...Object.values(patternProperties),
    ...(additionalProperties === undefined ? [] : [additionalProperties]),
  ])
  if (values.length === 0) return
  for (const child of Object.values(value as object)) visit(search, values, { value: child, place: `${place}{}`, depth: depth + 1 })
}

/** Whether the schema declares that other properties are allowed. */
function isOpenObject({ additionalProperties, patternProperties, unevaluatedProperties }: SchemaObject): boolean {
  return (
    additionalProperties === true ||
    isRecord(additionalProperties) ||
    patternProperties !== undefined ||
    unevaluatedProperties === true ||
    isRecord(unevaluatedProperties)
  )
}

/** The parts of each schema, cached because they are needed for each value of each response. */
const parts = new WeakMap<object, readonly SchemaObject[]>()

function partsOf(root: unknown, schema: Schema): readonly SchemaObject[] {
  const known = typeof schema === 'object' ? parts.get(schema) : undefined
  if (known !== undefined) return known
  const made = expand(root, [schema], new Set())
  if (typeof schema === 'object') parts.set(schema, made)
  return made
}

/** The schemas, and all schemas that they are composed of. */
function expand(root: unknown, schemas: readonly Schema[], seen: Set<Schema>): readonly SchemaObject[] {
  return schemas.flatMap((given) => {
    if (seen.has(given)) return []
    seen.add(given)
    const schema = followSchema(root, given)
    if (typeof schema !== 'object') return schema ? [{ additionalProperties: true }] : []
    const { allOf = [], anyOf = [], oneOf = [], then, else: otherwise } = schema
    const parts = [...allOf, ...anyOf, ...oneOf, ...(then === undefined ? [] : [then]), ...(otherwise === undefined ? [] : [otherwise])]
    const isAny = Object.keys(schema).every((keyword) => keyword === 'description' || keyword === 'title' || keyword === 'examples')
    return isAny ? [{ additionalProperties: true }] : [schema, ...expand(root, parts, seen)]
  })
}
