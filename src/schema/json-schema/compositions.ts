/** Turns unions, nullable models and intersections into JSON Schema. */
import { constantsOf } from '../option-fit.ts'
import { isClosed, mergeIntersection, opened } from '../intersection.ts'
import type { IntersectionNode, LiteralNode, Node, UnionNode } from '../node.ts'
import { sideOf, type Direction } from '../presence.ts'
import type { Discriminator, JSONSchema } from './keywords.ts'
import { fromLiteral } from './scalars.ts'

type ToSchema = (node: Node) => JSONSchema

/** Writes a discriminator if there is one, and `enum` if all options are constants. */
export function fromUnion({ options, discriminator }: UnionNode, direction: Direction, toSchema: ToSchema): JSONSchema {
  const shown = options.filter(({ kind }) => kind !== 'undefined' && kind !== 'null')
  const schema = fromOptions(shown, discriminator, direction, toSchema)
  return options.some(({ kind }) => kind === 'null') ? orNull(schema) : schema
}

function fromOptions(options: readonly Node[], tag: string | undefined, direction: Direction, toSchema: ToSchema): JSONSchema {
  if (options.every(isPlainLiteral)) return fromLiteral({ values: [...new Set(options.flatMap(({ values }) => values))] })
  const schemas = options.map(toSchema)
  if (schemas.length === 1) return schemas[0]!
  if (tag === undefined) return { anyOf: schemas }
  const mapping = toMapping(options, schemas, tag, direction)
  return { oneOf: schemas, ...(mapping === undefined ? {} : { discriminator: { propertyName: tag, mapping } }) }
}

function isPlainLiteral(node: Node): node is LiteralNode {
  return node.kind === 'literal' && node.annotations === undefined
}

/**
 * OpenAPI's discriminator allows only options that are references, and values that are strings. The mapping has every constant or is left out,
 * because tools refuse a value that is missing in it.
 */
function toMapping(
  options: readonly Node[],
  schemas: readonly JSONSchema[],
  tag: string,
  direction: Direction,
): Discriminator['mapping'] | undefined {
  if (schemas.some(({ $ref }) => $ref === undefined)) return undefined
  const constants = options.map((option) => textsOf(option, tag, direction))
  if (constants.includes(undefined)) return undefined
  return Object.fromEntries(constants.flatMap((texts, index) => texts!.map((text) => [text, schemas[index]!.$ref!] as const)))
}

/** The strings that the tag may be; `undefined` if the tag may be absent or may be another value. */
function textsOf(node: Node, tag: string, direction: Direction): readonly string[] | undefined {
  if (node.kind === 'reference') return textsOf(node.target(), tag, direction)
  if (node.kind === 'union') return allOf(node.options.map((option) => textsOf(option, tag, direction)))
  if (node.kind === 'intersection') return textsOf(node.left, tag, direction) ?? textsOf(node.right, tag, direction)
  if (node.kind === 'island') {
    const side = sideOf(node, direction)
    return side === undefined ? undefined : textsOf(side, tag, direction)
  }
  const property = node.kind === 'object' ? node.properties.find(({ name }) => name === tag) : undefined
  const constants = property === undefined ? undefined : constantsOf(property.node, direction === 'input' ? 'request' : 'response')
  return constants?.every((constant) => typeof constant === 'string') === true ? constants : undefined
}

function allOf(lists: readonly (readonly string[] | undefined)[]): readonly string[] | undefined {
  return lists.includes(undefined) ? undefined : lists.flatMap((list) => list!)
}

/** Adds null: to `type`, or as an option of `anyOf` for a reference. */
export function orNull(schema: JSONSchema): JSONSchema {
  const { type, anyOf } = schema
  if (anyOf !== undefined) return { ...schema, anyOf: [...anyOf, { type: 'null' }] }
  if (type === undefined) return Object.keys(schema).length === 0 ? schema : { anyOf: [schema, { type: 'null' }] }
  const types = [...new Set([type, 'null'].flat())]
  if ('const' in schema) {
    const { const: constant, ...rest } = schema
    return { ...rest, type: types, enum: [constant, null] }
  }
  if (schema.enum !== undefined) return { ...schema, type: types, enum: [...new Set([...schema.enum, null])] }
  return { ...schema, type: types }
}

/** Closed objects are merged, because `allOf` of two would accept nothing (JSON Schema core §10.3.2.3). */
export function fromIntersection(node: IntersectionNode, toSchema: ToSchema): JSONSchema {
  const { left, right, isSeparate = false } = node
  if (isSeparate || (!isClosed(left) && !isClosed(right))) return { allOf: [toSchema(left), toSchema(right)] }
  const merged = mergeIntersection(node)
  if (merged !== node) return toSchema(merged)
  // A key is refused only if both sides refuse it, and only objects refuse keys.
  return { allOf: [toSchema(opened(left)), toSchema(opened(right))] }
}
