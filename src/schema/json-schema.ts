/** Turns a node into JSON Schema 2020-12 (https://json-schema.org/draft/2020-12) of its JSON, separately for requests and responses. */
import { isFilledIn, isSymmetric, mayBeAbsent, sideOf, type Direction } from './json-schema/direction.ts'
import { fromIntersection } from './json-schema/intersections.ts'
import { present, type JSONSchema } from './json-schema/keywords.ts'
import { fromMap, fromRecord } from './json-schema/records.ts'
import { fromBigInt, fromFile, fromLiteral, fromNumber, fromString } from './json-schema/scalars.ts'
import { fromUnion, orNull } from './json-schema/unions.ts'
import { toConstant, toExample } from './json-schema/value.ts'
import type { ArrayNode, DefaultNode, IslandNode, Node, ObjectNode, SetNode, TupleNode } from './node.ts'

export interface JSONSchemaOptions {
  readonly direction: Direction
  /** A `$ref` to a model that is defined elsewhere; `undefined` for a model to define in place. A recursive model must be defined elsewhere. */
  readonly reference: (node: Node) => JSONSchema | undefined
}

/** A reference if the model is defined elsewhere, else its schema. */
export function toJSONSchema(node: Node, options: JSONSchemaOptions): JSONSchema {
  return options.reference(node) ?? toDefinition(node, options)
}

/** The schema itself, also of a model that is referred to elsewhere. */
export function toDefinition(node: Node, options: JSONSchemaOptions): JSONSchema {
  return { ...toForm(node, options), ...toAnnotations(node) }
}

/** The keywords that a model's author wrote. They win over ours. */
export function toAnnotations(node: Node): JSONSchema {
  const { title, description, examples, deprecated, keywords } = node.annotations ?? {}
  const shown = examples?.map((example) => toExample(node, example)).filter((example) => example !== undefined) ?? []
  return { ...present<JSONSchema>({ title, description, deprecated, examples: shown.length === 0 ? undefined : shown }), ...keywords }
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
      return fromRecord(node, toSchema)
    case 'map':
      return fromMap(node, toSchema)
    case 'union':
      return fromUnion(node, options.direction, toSchema)
    case 'intersection':
      return fromIntersection(node, toSchema)
    case 'optional':
      return toSchema(node.inner)
    case 'nullable':
      return orNull(toSchema(node.inner))
    case 'default':
      return fromDefault(node, options)
    case 'reference':
      return toSchema(node.target())
    case 'codec':
      return toSchema(node.wire)
    case 'island':
      return fromIsland(node, options)
    default:
      return node satisfies never
  }
}

function fromObject({ properties, additional }: ObjectNode, options: JSONSchemaOptions): JSONSchema {
  const isOutput = options.direction === 'output'
  const shown = properties.filter(({ node }) => node.kind !== 'undefined')
  const required = shown.filter((property) => property.required || (isOutput && isFilledIn(property.node))).map(({ name }) => name)
  return present<JSONSchema>({
    type: 'object',
    properties: shown.length === 0 ? undefined : Object.fromEntries(shown.map(({ name, node }) => [name, toJSONSchema(node, options)])),
    required: required.length === 0 ? undefined : required,
    additionalProperties: toAdditional(additional, options),
  })
}

/** Undeclared keys that are dropped are allowed, so that an older client keeps working when a field is added. */
function toAdditional(additional: ObjectNode['additional'], options: JSONSchemaOptions): JSONSchema['additionalProperties'] | undefined {
  if (additional === 'drop') return undefined
  if (additional === 'refuse') return false
  return additional.kind === 'any' ? true : toJSONSchema(additional, options)
}

function fromList(node: ArrayNode | SetNode, options: JSONSchemaOptions): JSONSchema {
  const { items, minItems, maxItems } = node
  // A set may hold two objects that look the same.
  const uniqueItems = node.kind === 'set' && PRIMITIVES.has(items.kind) ? true : undefined
  return present<JSONSchema>({ type: 'array', items: toItem(items, options), uniqueItems, minItems, maxItems })
}

const PRIMITIVES: ReadonlySet<Node['kind']> = new Set(['string', 'number', 'boolean', 'bigint', 'literal'])

/** An absent item of a list is sent as null, because JSON lists have no gaps. */
function toItem(item: Node, options: JSONSchemaOptions): JSONSchema {
  const schema = toJSONSchema(item, options)
  return options.direction === 'output' && mayBeAbsent(item, 'output') ? orNull(schema) : schema
}

/** Only items at the end can be absent. */
function fromTuple({ items, rest }: TupleNode, options: JSONSchemaOptions): JSONSchema {
  const needed = items.findLastIndex((item) => !mayBeAbsent(item, options.direction)) + 1
  return present<JSONSchema>({
    type: 'array',
    prefixItems: items.length === 0 ? undefined : items.map((item) => toItem(item, options)),
    items: rest === undefined ? false : toItem(rest, options),
    minItems: needed === 0 ? undefined : needed,
  })
}

/** A default in the output form of a transform is not documented for its input. */
function fromDefault(node: DefaultNode, options: JSONSchemaOptions): JSONSchema {
  const constant = options.direction === 'output' || isSymmetric(node.inner) ? toConstant(node) : undefined
  return { ...toJSONSchema(node.inner, options), ...present<JSONSchema>({ default: constant }) }
}

function fromIsland(node: IslandNode, options: JSONSchemaOptions): JSONSchema {
  const side = sideOf(node, options.direction)
  return side === undefined ? {} : toJSONSchema(side, options)
}
