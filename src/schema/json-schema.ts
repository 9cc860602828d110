/** Node → JSON Schema 2020-12 (https://json-schema.org/draft/2020-12): what travels on the wire, each direction apart. */
import { present, type JSONSchema } from './json-schema/keywords.ts'
import { fromBigInt, fromFile, fromLiteral, fromNumber, fromString } from './json-schema/scalars.ts'
import { fromUnion, orNull } from './json-schema/unions.ts'
import { toConstant, toJSONValue } from './json-schema/value.ts'
import type { Annotations, ArrayNode, IslandNode, MapNode, Node, ObjectNode, SetNode, TupleNode } from './node.ts'

/** `input` is what a client sends: what has a default may be missing. `output` is what it gets: there it never is. */
export type Direction = 'input' | 'output'

export interface JSONSchemaOptions {
  readonly direction: Direction
  /** Refers to a model that stands elsewhere; `undefined` for one that stands where it is used. A recursive one must stand elsewhere. */
  readonly reference: (node: Node) => JSONSchema | undefined
}

/** A reference where the model stands elsewhere, else its schema. */
export function toJSONSchema(node: Node, options: JSONSchemaOptions): JSONSchema {
  return options.reference(node) ?? toDefinition(node, options)
}

/** The schema itself, also of a model that is referred to elsewhere. */
export function toDefinition(node: Node, options: JSONSchemaOptions): JSONSchema {
  return { ...toForm(node, options), ...toAnnotations(node.annotations) }
}

export function toAnnotations({ title, description, examples, deprecated }: Annotations = {}): JSONSchema {
  const shown = examples?.map(toJSONValue).filter((example) => example !== undefined) ?? []
  return present<JSONSchema>({ title, description, deprecated, examples: shown.length === 0 ? undefined : shown })
}

function toForm(node: Node, options: JSONSchemaOptions): JSONSchema {
  const toSchema = (inner: Node) => toJSONSchema(inner, options)
  switch (node.kind) {
    case 'any':
      return {}
    case 'never':
    case 'undefined':
      return { not: {} }
    case 'null':
    case 'boolean':
      return { type: node.kind }
    case 'number':
      return fromNumber(node)
    case 'bigint':
      return fromBigInt(node)
    case 'string':
      return fromString(node)
    case 'date':
      return { type: 'string', format: 'date-time' }
    case 'url':
      return { type: 'string', format: 'uri' }
    case 'bytes':
      return { type: 'string', contentEncoding: 'base64' }
    case 'file':
      return fromFile(node)
    case 'literal':
      return fromLiteral(node)
    case 'object':
      return fromObject(node, options)
    case 'array':
    case 'set':
      return fromList(node, options)
    case 'tuple':
      return fromTuple(node, options)
    case 'record':
      return fromRecord(node.key, node.value, toSchema)
    case 'map':
      return fromMap(node, toSchema)
    case 'union':
      return fromUnion(node, toSchema)
    case 'intersection':
      return { allOf: [toSchema(node.left), toSchema(node.right)] }
    case 'optional':
      return toSchema(node.inner)
    case 'nullable':
      return orNull(toSchema(node.inner))
    case 'default':
      return { ...toSchema(node.inner), ...present<JSONSchema>({ default: toConstant(node.value) }) }
    case 'reference':
      return toSchema(node.target())
    case 'codec':
      return toSchema(node.wire)
    case 'island':
      return fromIsland(node, options)
  }
}

function fromObject({ properties, additional }: ObjectNode, options: JSONSchemaOptions): JSONSchema {
  const shown = properties.filter(({ node }) => node.kind !== 'undefined')
  const required = shown.filter((property) => property.required || isFilledIn(property.node, options.direction)).map(({ name }) => name)
  return present<JSONSchema>({
    type: 'object',
    properties: shown.length === 0 ? undefined : Object.fromEntries(shown.map(({ name, node }) => [name, toJSONSchema(node, options)])),
    required: required.length === 0 ? undefined : required,
    additionalProperties: toAdditional(additional, options),
  })
}

/** What is dropped need not be forbidden: clients that were made before a field was added go on working. */
function toAdditional(additional: ObjectNode['additional'], options: JSONSchemaOptions): JSONSchema['additionalProperties'] | undefined {
  if (additional === 'drop') return undefined
  if (additional === 'refuse') return false
  return additional.kind === 'any' ? true : toJSONSchema(additional, options)
}

/** A default is on the wire whenever its value was missing. */
function isFilledIn(node: Node, direction: Direction): boolean {
  if (direction === 'input') return false
  if (node.kind === 'nullable') return isFilledIn(node.inner, direction)
  if (node.kind === 'reference') return isFilledIn(node.target(), direction)
  return node.kind === 'default' || (node.kind === 'island' && node.output !== undefined && !mayBeAbsent(node.output, direction))
}

/** Is a missing value accepted, or on the way out possible? */
export function mayBeAbsent(node: Node, direction: Direction): boolean {
  switch (node.kind) {
    case 'any':
    case 'undefined':
    case 'optional':
      return true
    case 'default':
      return direction === 'input'
    case 'nullable':
      return mayBeAbsent(node.inner, direction)
    case 'reference':
      return mayBeAbsent(node.target(), direction)
    case 'codec':
      return mayBeAbsent(node.wire, direction)
    case 'literal':
      return node.values.includes(undefined)
    case 'union':
      return node.options.some((option) => mayBeAbsent(option, direction))
    case 'intersection':
      return mayBeAbsent(node.left, direction) && mayBeAbsent(node.right, direction)
    case 'island': {
      const side = sideOf(node, direction)
      return side !== undefined && mayBeAbsent(side, direction)
    }
    default:
      return false
  }
}

function fromList(node: ArrayNode | SetNode, options: JSONSchemaOptions): JSONSchema {
  const { items, minItems, maxItems } = node
  // Of what is no primitive, a set may hold two that look the same.
  const uniqueItems = node.kind === 'set' && PRIMITIVES.has(items.kind) ? true : undefined
  return present<JSONSchema>({ type: 'array', items: toItem(items, options), uniqueItems, minItems, maxItems })
}

const PRIMITIVES: ReadonlySet<Node['kind']> = new Set(['string', 'number', 'boolean', 'bigint', 'literal'])

/** A list can't leave an item out: one that is absent goes out as null. */
function toItem(item: Node, options: JSONSchemaOptions): JSONSchema {
  const schema = toJSONSchema(item, options)
  return options.direction === 'output' && mayBeAbsent(item, 'output') ? orNull(schema) : schema
}

/** Only items at the end can be left out. */
function fromTuple({ items, rest }: TupleNode, options: JSONSchemaOptions): JSONSchema {
  const needed = items.findLastIndex((item) => !mayBeAbsent(item, options.direction)) + 1
  return present<JSONSchema>({
    type: 'array',
    prefixItems: items.length === 0 ? undefined : items.map((item) => toItem(item, options)),
    items: rest === undefined ? false : toItem(rest, options),
    minItems: needed === 0 ? undefined : needed,
  })
}

/** Keys are text on the wire, whatever they are in the program. */
function fromRecord(key: Node, value: Node, toSchema: (node: Node) => JSONSchema): JSONSchema {
  const names = key.kind === 'number' ? { pattern: '^-?\\d+(\\.\\d+)?$' } : toSchema(key)
  const isAnyText = Object.keys(names).every((keyword) => keyword === 'type')
  return { type: 'object', ...(isAnyText ? {} : { propertyNames: names }), additionalProperties: toSchema(value) }
}

/** An object where keys are strings, else pairs. */
function fromMap({ key, value }: MapNode, toSchema: (node: Node) => JSONSchema): JSONSchema {
  if (key.kind === 'string') return fromRecord(key, value, toSchema)
  return { type: 'array', items: { type: 'array', prefixItems: [toSchema(key), toSchema(value)], items: false, minItems: 2 } }
}

/** What comes in may be unknown where what comes out of it is not: that fits in any case. */
function sideOf({ input, output }: IslandNode, direction: Direction): Node | undefined {
  return direction === 'output' ? output : (input ?? output)
}

function fromIsland(node: IslandNode, options: JSONSchemaOptions): JSONSchema {
  const side = sideOf(node, options.direction)
  return side === undefined ? {} : toJSONSchema(side, options)
}
