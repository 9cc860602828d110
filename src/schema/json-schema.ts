/** Turns a model into the JSON Schema 2020-12 (https://json-schema.org/draft/2020-12) of its JSON, in requests or in responses. */
import { fromIntersection, fromUnion, orNull } from './json-schema/compositions.ts'
import { present, type JSONSchema } from './json-schema/keywords.ts'
import { fromBigInt, fromFile, fromLiteral, fromNumber, fromString } from './json-schema/scalars.ts'
import { toConstant, toExample } from './json-schema/value.ts'
import type {
  ArrayNode,
  DefaultNode,
  IslandNode,
  MapNode,
  Node,
  NumberNode,
  ObjectNode,
  Property,
  RecordNode,
  SetNode,
  TupleNode,
} from './node.ts'
import { mayBeAbsent, presenceOf, sideOf, type Direction } from './presence.ts'
import { everyNode, hasTextKeys } from './walk-node.ts'

export interface JSONSchemaOptions {
  readonly direction: Direction
  /** Returns a `$ref` to a model that is defined elsewhere, or `undefined` for a model to define in place. A recursive model must be defined elsewhere. */
  readonly reference: (node: Node) => JSONSchema | undefined
}

/** Returns a reference if the model is defined elsewhere, else its schema. */
export function toJSONSchema(node: Node, options: JSONSchemaOptions): JSONSchema {
  return options.reference(node) ?? toDefinition(node, options)
}

/** Returns the schema, even of a model for which there is a reference. */
export function toDefinition(node: Node, options: JSONSchemaOptions): JSONSchema {
  return { ...toForm(node, options), ...toAnnotations(node) }
}

/** The keywords that the author of a model wrote. They replace the generated ones. */
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
  // zod refuses a request without a property that must be `undefined`, which no JSON can hold.
  const shown = properties.filter(({ node, required }) => node.kind !== 'undefined' || (required && !isOutput))
  const isRequired = ({ node, required }: Property) =>
    isOutput ? isFilledIn(node) || (required && !presenceOf(node).mayBeLeftOut) : required
  const required = shown.filter(isRequired).map(({ name }) => name)
  return present<JSONSchema>({
    type: 'object',
    properties: shown.length === 0 ? undefined : Object.fromEntries(shown.map(({ name, node }) => [name, toJSONSchema(node, options)])),
    required: required.length === 0 ? undefined : required,
    additionalProperties: toAdditional(additional, options),
  })
}

/** Whether a missing value is always replaced by a default in the response. */
function isFilledIn(node: Node): boolean {
  if (node.kind === 'nullable') return isFilledIn(node.inner)
  if (node.kind === 'reference') return isFilledIn(node.target())
  return node.kind === 'default' || (node.kind === 'island' && node.output !== undefined && !mayBeAbsent(node.output, 'output'))
}

/** Undeclared keys that are dropped are allowed, so that an older client keeps working when a field is added. */
function toAdditional(additional: ObjectNode['additional'], options: JSONSchemaOptions): JSONSchema['additionalProperties'] | undefined {
  if (additional === 'drop') return undefined
  if (additional === 'refuse') return false
  return additional.kind === 'any' ? true : toJSONSchema(additional, options)
}

function fromList(node: ArrayNode | SetNode, options: JSONSchemaOptions): JSONSchema {
  const { items, minItems, maxItems } = node
  // A set may contain two objects with the same content.
  const uniqueItems = node.kind === 'set' && PRIMITIVES.has(items.kind) ? true : undefined
  return present<JSONSchema>({ type: 'array', items: toItem(items, options), uniqueItems, minItems, maxItems })
}

const PRIMITIVES: ReadonlySet<Node['kind']> = new Set(['string', 'number', 'boolean', 'bigint', 'literal'])

/** An absent item of a list is sent as null, because an array in JSON has no gaps. */
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

function fromRecord({ key, value }: Pick<RecordNode, 'key' | 'value'>, toSchema: (inner: Node) => JSONSchema): JSONSchema {
  const names = toNames(key, toSchema)
  const isAnyText = Object.keys(names).every((keyword) => keyword === 'type')
  return present<JSONSchema>({ type: 'object', propertyNames: isAnyText ? undefined : names, additionalProperties: toSchema(value) })
}

/** A map with strings as keys is an object in JSON. Otherwise it is an array of pairs. */
function fromMap({ key, value }: MapNode, toSchema: (inner: Node) => JSONSchema): JSONSchema {
  if (hasTextKeys({ key })) return fromRecord({ key, value }, toSchema)
  return { type: 'array', items: { type: 'array', prefixItems: [toSchema(key), toSchema(value)], items: false, minItems: 2 } }
}

/** The schema of the names. JSON Schema validates a name as a string, but the keys of the model may be numbers or other constants. */
function toNames(key: Node, toSchema: (inner: Node) => JSONSchema): JSONSchema {
  if (key.kind === 'reference') return toNames(key.target(), toSchema)
  if (key.kind === 'union') return { anyOf: key.options.map((option) => toNames(option, toSchema)) }
  if (key.kind === 'literal') return fromLiteral({ values: key.values.map(String) })
  return key.kind === 'number' ? { pattern: toNumberPattern(key) } : toSchema(key)
}

function toNumberPattern({ integer, minimum = -Infinity }: NumberNode): string {
  const digits = minimum >= 0 ? '\\d+' : '-?\\d+'
  return integer ? `^${digits}$` : `^${digits}(\\.\\d+)?$`
}

/** The default of a transform has the form of its output, so it is not documented for its input. */
function fromDefault(node: DefaultNode, options: JSONSchemaOptions): JSONSchema {
  const constant = options.direction === 'output' || isSymmetric(node.inner) ? toConstant(node) : undefined
  return { ...toJSONSchema(node.inner, options), ...present<JSONSchema>({ default: constant }) }
}

/** Whether a value has the same form in both directions. The value of a transform may not. */
function isSymmetric(node: Node): boolean {
  return [...everyNode(node, 'out')].every((inner) => inner.kind !== 'island' || sideOf(inner, 'input') === sideOf(inner, 'output'))
}

function fromIsland(node: IslandNode, options: JSONSchemaOptions): JSONSchema {
  const side = sideOf(node, options.direction)
  return side === undefined ? {} : toJSONSchema(side, options)
}
