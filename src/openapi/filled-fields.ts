/** Bodies whose empty fields are absent → their content, where a required text has at least one character. */
import type { AnyRepresentation } from '../representation/representation.ts'
import { mayBeAbsent } from '../schema/json-schema/direction.ts'
import type { JSONSchema } from '../schema/json-schema/keywords.ts'
import type { Node } from '../schema/node.ts'
import { readModel } from '../schema/read-model.ts'
import { unwrap } from '../schema/walk-node.ts'
import type { ContentObject } from './content.ts'

export function withFilledFields(content: ContentObject, representations: readonly AnyRepresentation[]): ContentObject {
  const filled = representations.flatMap(({ mediaType, content: { schema, dropsEmptyFields = false } }) => {
    if (schema === undefined || mediaType === undefined || !dropsEmptyFields) return []
    const names = requiredTexts(readModel(schema))
    const documented = content[mediaType]?.schema
    if (documented === undefined || names.length === 0) return []
    return [[mediaType, { ...content[mediaType], schema: fill(documented, names) }] as const]
  })
  return { ...content, ...Object.fromEntries(filled) }
}

/** A component may be the model of other bodies too: it stays unchanged. */
function fill(schema: JSONSchema, names: readonly string[]): JSONSchema {
  const { properties } = schema
  const filled = Object.fromEntries(names.map((name) => [name, { ...properties?.[name], minLength: 1 }]))
  if (properties === undefined) return { allOf: [schema, { properties: filled }] }
  return { ...schema, properties: { ...properties, ...filled } }
}

/** Properties that a request must have, and that the empty text fits. */
function requiredTexts(node: Node): readonly string[] {
  if (node.kind === 'reference') return requiredTexts(node.target())
  if (node.kind === 'island') return node.input === undefined ? [] : requiredTexts(node.input)
  if (node.kind !== 'object') return []
  return node.properties
    .filter(({ node: property }) => !mayBeAbsent(property, 'input') && takesEmptyText(unwrap(property)))
    .map(({ name }) => name)
}

function takesEmptyText(node: Node): boolean {
  return node.kind === 'string' && (node.minLength ?? 0) === 0 && node.format === undefined && node.patterns.length === 0
}
