/** Unions and what may be null → JSON Schema: told apart by a constant where there is one, enumerated where all are constants. */
import type { LiteralNode, Node, UnionNode } from '../node.ts'
import type { Discriminator, JSONSchema } from './keywords.ts'
import { fromLiteral } from './scalars.ts'

export function fromUnion({ options, discriminator }: UnionNode, toSchema: (node: Node) => JSONSchema): JSONSchema {
  const present = options.filter(({ kind }) => kind !== 'undefined' && kind !== 'null')
  const schema = fromOptions(present, discriminator, toSchema)
  return options.some(({ kind }) => kind === 'null') ? orNull(schema) : schema
}

function fromOptions(options: readonly Node[], discriminator: string | undefined, toSchema: (node: Node) => JSONSchema): JSONSchema {
  if (options.every(isPlainLiteral)) return fromLiteral({ values: [...new Set(options.flatMap(({ values }) => values))] })
  const schemas = options.map(toSchema)
  if (schemas.length === 1) return schemas[0]!
  if (discriminator === undefined) return { anyOf: schemas }
  const mapping = toMapping(options, schemas, discriminator)
  return { oneOf: schemas, ...(mapping === undefined ? {} : { discriminator: { propertyName: discriminator, mapping } }) }
}

function isPlainLiteral(node: Node): node is LiteralNode {
  return node.kind === 'literal' && node.annotations === undefined
}

/** OpenAPI's discriminator knows only options that have a name. */
function toMapping(options: readonly Node[], schemas: readonly JSONSchema[], discriminator: string): Discriminator['mapping'] | undefined {
  if (schemas.some(({ $ref }) => $ref === undefined)) return undefined
  return Object.fromEntries(
    options.flatMap((option, index) => constantsOf(option, discriminator).map((constant) => [constant, schemas[index]!.$ref!])),
  )
}

function constantsOf(node: Node, property: string): readonly string[] {
  switch (node.kind) {
    case 'reference':
      return constantsOf(node.target(), property)
    case 'union':
      return node.options.flatMap((option) => constantsOf(option, property))
    case 'intersection':
      return [...constantsOf(node.left, property), ...constantsOf(node.right, property)]
    case 'island':
      return node.output === undefined ? [] : constantsOf(node.output, property)
    case 'object': {
      const tag = node.properties.find(({ name }) => name === property)?.node
      return tag?.kind === 'literal' ? tag.values.map(String) : []
    }
    default:
      return []
  }
}

/** In 3.1 null is a type like others; beside a reference it is an option of its own. */
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
