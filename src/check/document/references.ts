/** JSON Pointers (RFC 6901) and `$ref` inside one document. */
import { isRecord, type Schema } from './schema.ts'

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
