/** Turns records and maps into JSON Schema. Their keys are text on the wire, of any type in the program. */
import type { MapNode, Node, NumberNode, RecordNode } from '../node.ts'
import { present, type JSONSchema } from './keywords.ts'
import { hasTextKeys } from '../wire-side.ts'
import { fromLiteral } from './scalars.ts'

type ToSchema = (node: Node) => JSONSchema

export function fromRecord({ key, value }: Pick<RecordNode, 'key' | 'value'>, toSchema: ToSchema): JSONSchema {
  const names = toNames(key, toSchema)
  const isAnyText = Object.keys(names).every((keyword) => keyword === 'type')
  return present<JSONSchema>({ type: 'object', propertyNames: isAnyText ? undefined : names, additionalProperties: toSchema(value) })
}

/** An object if its keys are strings, else a list of pairs. */
export function fromMap({ key, value }: MapNode, toSchema: ToSchema): JSONSchema {
  if (hasTextKeys({ key })) return fromRecord({ key, value }, toSchema)
  return { type: 'array', items: { type: 'array', prefixItems: [toSchema(key), toSchema(value)], items: false, minItems: 2 } }
}

/** JSON Schema validates a property's name as a string. */
function toNames(key: Node, toSchema: ToSchema): JSONSchema {
  if (key.kind === 'reference') return toNames(key.target(), toSchema)
  if (key.kind === 'union') return { anyOf: key.options.map((option) => toNames(option, toSchema)) }
  if (key.kind === 'literal') return fromLiteral({ values: key.values.map(String) })
  return key.kind === 'number' ? { pattern: toNumberPattern(key) } : toSchema(key)
}

function toNumberPattern({ integer, minimum = -Infinity }: NumberNode): string {
  const digits = minimum >= 0 ? '\\d+' : '-?\\d+'
  return integer ? `^${digits}$` : `^${digits}(\\.\\d+)?$`
}
