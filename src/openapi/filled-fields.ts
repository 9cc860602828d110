/** Excludes the empty string from required fields of bodies in which an empty field counts as absent. */
import type { AnyRepresentation } from '../representation/representation.ts'
import type { JSONSchema } from '../schema/json-schema/keywords.ts'
import type { Node } from '../schema/node.ts'
import { readModel } from '../schema/read-model.ts'
import { unwrap } from '../schema/walk-node.ts'
import type { ContentObject } from './content.ts'

/** If an empty field counts as absent, a required field must not be the empty string, or a list with only that. */
export function withFilledFields(content: ContentObject, representations: readonly AnyRepresentation[]): ContentObject {
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
  if (node.kind === 'reference') return requiredFields(node.target())
  if (node.kind === 'island') return node.input === undefined ? [] : requiredFields(node.input)
  if (node.kind !== 'object') return []
  return node.properties.flatMap(({ name, node: property, required }) => {
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
