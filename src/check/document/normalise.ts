/** Converts the schemas of an OpenAPI 3.0 document to those of 3.1, JSON Schema 2020-12. */
import { FILES } from './load.ts'
import { isRecord } from './schema.ts'

type Mutable = Record<string, unknown>

/** Changes the document in place. */
export function normaliseSchemas(root: Mutable): void {
  walk(root, 'document')
}

/** The kind of a value. `files` are the copied files: only their content shows whether they are schemas. */
type Kind = 'document' | 'schema' | 'schemas' | 'value' | 'files'

/** The kind of value that each keyword of a schema holds. */
const IN_SCHEMA: Readonly<Record<string, Kind>> = {
  properties: 'schemas',
  patternProperties: 'schemas',
  additionalProperties: 'schema',
  items: 'schema',
  not: 'schema',
  allOf: 'schema',
  anyOf: 'schema',
  oneOf: 'schema',
  enum: 'value',
  default: 'value',
  example: 'value',
}

/** The kind of value that each key holds outside of schemas. */
const IN_DOCUMENT: Readonly<Record<string, Kind>> = {
  schema: 'schema',
  schemas: 'schemas',
  example: 'value',
  examples: 'value',
  [FILES]: 'files',
}

const TYPES = new Set<unknown>(['string', 'number', 'integer', 'boolean', 'array', 'object'])

/** In OpenAPI 3.0, only schemas have these keywords. */
function looksLikeSchema({ type, properties, allOf, anyOf, oneOf }: Readonly<Record<string, unknown>>): boolean {
  return TYPES.has(type) || isRecord(properties) || [allOf, anyOf, oneOf].some(Array.isArray)
}

/** Uses a stack instead of recursion, because documents may be deep. */
function walk(start: unknown, kind: Kind): void {
  const open: { value: unknown; kind: Kind }[] = [{ value: start, kind }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value } = next
    const kind = next.kind === 'files' && isRecord(value) && looksLikeSchema(value) ? 'schema' : next.kind
    if (kind === 'value') continue
    if (Array.isArray(value)) for (const item of value as unknown[]) open.push({ value: item, kind })
    if (!isRecord(value)) continue
    if (kind === 'schema') normalise(value)
    for (const [key, child] of Object.entries(value)) {
      if (kind === 'schemas') open.push({ value: child, kind: 'schema' })
      else if (kind === 'schema') {
        const below = IN_SCHEMA[key]
        if (below !== undefined) open.push({ value: child, kind: below })
      } else open.push({ value: child, kind: IN_DOCUMENT[key] ?? kind })
    }
  }
}

function normalise(schema: Mutable): void {
  if (typeof schema['$ref'] === 'string') {
    for (const key of Object.keys(schema)) if (key !== '$ref') delete schema[key]
    return
  }
  for (const [limit, exclusive] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const) {
    if (typeof schema[exclusive] !== 'boolean') continue
    if (schema[exclusive] && typeof schema[limit] === 'number') {
      schema[exclusive] = schema[limit]
      delete schema[limit]
    } else delete schema[exclusive]
  }
  if (schema['example'] !== undefined) {
    schema['examples'] = [schema['example']]
    delete schema['example']
  }
  if (schema['nullable'] === true) allowNull(schema)
  delete schema['nullable']
}

/** `nullable` adds null to the type of the same schema. OpenAPI: it has no effect without a type. */
function allowNull(schema: Mutable): void {
  const { type } = schema
  if (typeof type === 'string') {
    schema['type'] = [type, 'null']
    if (Array.isArray(schema['enum']) && !schema['enum'].includes(null)) schema['enum'] = [...(schema['enum'] as unknown[]), null]
    return
  }
  // In nearly all documents with `nullable` and no type, the schema is a wrapper around a reference that may be null.
  for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) {
    const options = schema[keyword]
    if (!Array.isArray(options)) continue
    delete schema[keyword]
    schema['anyOf'] = [{ [keyword]: options as unknown[] }, { type: 'null' }]
    return
  }
}
