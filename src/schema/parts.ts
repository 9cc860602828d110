/** Converts the parts of a form to typed values: fields are text, structures are JSON (OpenAPI 3.1 §4.8.15.1). */
import { parseJSONText } from './json-text.ts'
import { parseExactJSON } from './parse-json.ts'
import { readModel } from './read-model.ts'
import type { AnySchema } from './schema.ts'
import { compileTextObjectReader, toObject, type TextObjectReader } from './text-objects.ts'
import { everyNode } from './walk-node.ts'
import { isPart } from './wire-side.ts'

export interface PartsReader {
  readonly read: TextObjectReader
  /** The fields that contain JSON. */
  readonly jsonNames: ReadonlySet<string>
}

export function compilePartsReader(schema: AnySchema): PartsReader {
  const node = readModel(schema)
  const isExact = [...everyNode(node, 'in')].some(({ kind }) => kind === 'bigint')
  const parseJSON = (text: string) => {
    const { value, fault } = parseJSONText(text, isExact ? parseExactJSON : JSON.parse)
    if (fault !== undefined) throw new SyntaxError(fault)
    return value
  }
  const parts = toObject(node).properties.filter((property) => isPart(property.node))
  return { read: compileTextObjectReader(schema, { parseJSON }), jsonNames: new Set(parts.map(({ name }) => name)) }
}
