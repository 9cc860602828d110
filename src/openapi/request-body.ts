/** Creates the Request Body Object of a declared body (OpenAPI 3.1.1 §4.8.13). */
import type { BodyDeclaration } from '../contract/contract.ts'
import type { AnyRepresentation } from '../representation/representation.ts'
import { toRepresentations } from '../request/body.ts'
import { mayBeAbsent, type Direction } from '../schema/presence.ts'
import { present, type JSONSchema } from '../schema/json-schema/keywords.ts'
import type { Node, ObjectNode } from '../schema/node.ts'
import { readModel } from '../schema/read-model.ts'
import { unwrap } from '../schema/walk-node.ts'
import { contentsOf, toContent, type ContentObject } from './content.ts'
import type { Scope } from './settings.ts'

export interface RequestBodyObject {
  readonly description?: string
  readonly required?: boolean
  readonly content: ContentObject
}

export function toRequestBody(declaration: BodyDeclaration, direction: Direction, scope: Scope): RequestBodyObject {
  const representations = toRepresentations(declaration)
  const content = toContent(representations.flatMap(contentsOf), direction, scope) ?? {}
  return present<RequestBodyObject>({
    description: representations.find(({ content }) => content.description !== undefined)?.content.description,
    required: representations.some((representation) => mayBeEmpty(representation, direction)) ? undefined : true,
    content: withEncoding(withFilledFields(content, representations), representations),
  })
}

function mayBeEmpty({ kind, content: { schema } }: AnyRepresentation, direction: Direction): boolean {
  if (schema === undefined) return false
  const node = readModel(schema)
  return mayBeAbsent(node, direction) || ((kind === 'form' || kind === 'multipart') && direction === 'input' && isFilledByDefaults(node))
}

/** A request without content is a form without fields. */
function isFilledByDefaults(node: Node): boolean {
  const properties = propertiesOf(node)
  return properties.length > 0 && properties.every(({ required }) => !required)
}

/** A schema can name only one media type of a file. `encoding` lists the media types of files that accept several. */
function withEncoding(content: ContentObject, representations: readonly AnyRepresentation[]): ContentObject {
  const multipart = representations.find(({ content: { hasParts } }) => hasParts)
  const mediaType = multipart?.mediaType
  if (multipart?.content.schema === undefined || mediaType === undefined) return content
  const types = typesOfFiles(readModel(multipart.content.schema))
  if (types.length === 0) return content
  return {
    ...content,
    [mediaType]: { ...content[mediaType], encoding: Object.fromEntries(types.map(([name, contentType]) => [name, { contentType }])) },
  }
}

function typesOfFiles(node: Node): readonly (readonly [name: string, contentType: string])[] {
  return propertiesOf(node).flatMap(({ name, node: property }) => {
    const types = fileTypes(property)
    return types.length > 1 ? [[name, types.join(', ')] as const] : []
  })
}

function fileTypes(node: Node): readonly string[] {
  const inner = unwrap(node)
  if (inner.kind === 'array' || inner.kind === 'set') return fileTypes(inner.items)
  return inner.kind === 'file' ? (inner.mediaTypes ?? []) : []
}

/** If an empty field counts as absent, a required field must not be the empty string, or a list with only that. */
function withFilledFields(content: ContentObject, representations: readonly AnyRepresentation[]): ContentObject {
  const filled = representations.flatMap(({ mediaType, content: { schema, dropsEmptyFields = false } }) => {
    if (schema === undefined || mediaType === undefined || !dropsEmptyFields) return []
    const fields = requiredFields(readModel(schema))
    const documented = content[mediaType]?.schema
    if (documented === undefined || fields.length === 0) return []
    return [[mediaType, { ...content[mediaType], schema: fill(documented, fields) }] as const]
  })
  return { ...content, ...Object.fromEntries(filled) }
}

/** Components stay unchanged, because other bodies may use them. */
function fill(schema: JSONSchema, fields: readonly FilledField[]): JSONSchema {
  const { properties } = schema
  const filled = Object.fromEntries(fields.map(([name, keywords]) => [name, { ...properties?.[name], ...keywords }]))
  if (properties === undefined) return { allOf: [schema, { properties: filled }] }
  return { ...schema, properties: { ...properties, ...filled } }
}

type FilledField = readonly [name: string, keywords: JSONSchema]

/** Required properties whose model accepts the empty string. */
function requiredFields(node: Node): readonly FilledField[] {
  return propertiesOf(node).flatMap(({ name, node: property, required }) => {
    const keywords = required ? filledKeywords(property) : NONE
    return Object.keys(keywords).length === 0 ? [] : [[name, keywords] as const]
  })
}

const NONE: JSONSchema = {}

/** Keywords do not apply to values of other types, so the keywords for a union or a reference are added beside it. */
function filledKeywords(node: Node): JSONSchema {
  const inner = unwrap(node)
  if (inner.kind === 'union') return Object.assign({}, ...inner.options.map(filledKeywords)) as JSONSchema // the options' keywords are of one type
  if (inner.kind === 'array' || inner.kind === 'set')
    return (inner.minItems ?? 0) < 2 && takesEmptyText(inner.items) ? { not: { const: [''] } } : NONE
  return takesEmptyText(inner) ? { minLength: 1 } : NONE
}

function takesEmptyText(node: Node): boolean {
  const inner = unwrap(node)
  if (inner.kind === 'union') return inner.options.some(takesEmptyText)
  if (inner.kind === 'literal') return inner.values.includes('')
  if (inner.kind !== 'string') return inner.kind === 'any'
  return (inner.minLength ?? 0) === 0 && inner.format === undefined && inner.patterns.length === 0
}

/** Returns an empty list for a model that is not an object. */
function propertiesOf(node: Node): ObjectNode['properties'] {
  if (node.kind === 'reference') return propertiesOf(node.target())
  if (node.kind === 'island') return node.input === undefined ? [] : propertiesOf(node.input)
  return node.kind === 'object' ? node.properties : []
}
