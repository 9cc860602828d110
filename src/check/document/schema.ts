/** The keywords of JSON Schema 2020-12 that the check reads, and references (`$ref`) with their JSON Pointers (RFC 6901). */

export type Schema = boolean | SchemaObject

export interface SchemaObject {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly allOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly not?: Schema
  readonly if?: Schema
  readonly then?: Schema
  readonly else?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema
  readonly propertyNames?: Schema
  readonly unevaluatedProperties?: Schema
  readonly required?: readonly string[]
  readonly minProperties?: number
  readonly maxProperties?: number
  readonly items?: Schema
  readonly prefixItems?: readonly Schema[]
  readonly contains?: Schema
  readonly minItems?: number
  readonly maxItems?: number
  readonly uniqueItems?: boolean
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly format?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly multipleOf?: number
  readonly readOnly?: boolean
  readonly writeOnly?: boolean
  readonly contentMediaType?: string
  readonly contentEncoding?: string
  readonly contentSchema?: Schema
  readonly description?: string
  readonly [keyword: string]: unknown
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function typesOf({ type }: SchemaObject): readonly string[] {
  if (type === undefined) return []
  return typeof type === 'string' ? [type] : type
}

/** Text with `contentEncoding` or `contentSchema` is a value in text, not a file. */
export function isFile({ format, contentMediaType, contentEncoding, contentSchema }: SchemaObject): boolean {
  return format === 'binary' || (contentMediaType !== undefined && contentEncoding === undefined && contentSchema === undefined)
}

export interface Placed {
  readonly pointer: string
  readonly value: unknown
}

function escapeToken(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}

export function childOf(pointer: string, ...names: readonly (string | number)[]): string {
  return names.reduce<string>((sum, name) => `${sum}/${escapeToken(String(name))}`, pointer)
}

/** `#/components/schemas/User` → `/components/schemas/User`. `undefined` for a reference that leaves the document. */
function pointerOf(reference: string): string | undefined {
  if (!reference.startsWith('#')) return undefined
  try {
    return decodeURIComponent(reference.slice(1))
  } catch {
    return reference.slice(1)
  }
}

export function valueAt(root: unknown, pointer: string): unknown {
  let value = root
  for (const token of pointer.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~')
    if (Array.isArray(value)) value = value[Number(name)] as unknown
    else if (isRecord(value) && Object.hasOwn(value, name)) value = value[name]
    else return undefined
  }
  return value
}

/** Follows the `$ref` of a value that is not a schema. Returns `undefined` if it has no target or leads back to itself. */
export function follow(root: unknown, placed: Placed): Placed | undefined {
  const seen = new Set<string>()
  let { pointer, value } = placed
  while (isRecord(value) && typeof value['$ref'] === 'string') {
    const target = pointerOf(value['$ref'])
    if (target === undefined || seen.has(target)) return undefined
    seen.add(target)
    pointer = target
    value = valueAt(root, target)
  }
  return value === undefined ? undefined : { pointer, value }
}

/** Follows the `$ref` of a schema. Keywords beside the `$ref` apply too. */
export function followSchema(root: unknown, schema: Schema): Schema {
  const seen = new Set<string>()
  let found = schema
  while (typeof found === 'object' && found.$ref !== undefined) {
    const { $ref, ...beside } = found
    const isAlone = Object.keys(beside).every((keyword) => ANNOTATIONS.has(keyword))
    if (!isAlone) return { ...beside, allOf: [...(beside.allOf ?? []), { $ref }] }
    const target = pointerOf($ref)
    if (target === undefined || seen.has(target)) return {}
    seen.add(target)
    found = (valueAt(root, target) as Schema | undefined) ?? {}
  }
  return found
}

const ANNOTATIONS: ReadonlySet<string> = new Set([
  'description',
  'title',
  'summary',
  'deprecated',
  'readOnly',
  'writeOnly',
  'examples',
  'default',
])

export interface Reference {
  $ref: string
}

/** Keywords whose values are data. A `$ref` in data is not a reference. */
const VALUES = new Set(['example', 'examples', 'default', 'enum', 'const', 'value', 'dataValue'])

/** Keywords whose values are maps by name: a property may have the name "value", and a response the name "default". */
const NAMED = new Set(['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions', 'schemas', 'responses', 'headers'])

/** Every `$ref` of a value. */
export function* referencesIn(start: unknown): Generator<Reference> {
  for (const each of objectsIn(start)) if (typeof each['$ref'] === 'string') yield each as unknown as Reference // it has the one field that makes it a reference
}

/** Every object of a document whose keys are keywords, so not data and not maps by name. */
export function* objectsIn(start: unknown): Generator<Readonly<Record<string, unknown>>> {
  const open = [{ value: start, areNames: false }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, areNames } = next
    if (Array.isArray(value)) for (const item of value as unknown[]) open.push({ value: item, areNames: false })
    if (!isRecord(value)) continue
    if (!areNames) yield value
    for (const [key, child] of Object.entries(value))
      if (areNames || !VALUES.has(key)) open.push({ value: child, areNames: !areNames && NAMED.has(key) })
  }
}
