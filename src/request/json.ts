/** Reads JSON content: UTF-8, parsed, then typed and checked by its model. */
import type { AnyRepresentation } from '../representation/representation.ts'
import { parseExactJSON } from '../schema/parse-json.ts'
import { compileWireReader } from '../schema/wire.ts'
import type { InputResult } from '../schema/issue.ts'
import { readingText, type BodyReader } from './content.ts'
import { parseJSONText } from './json-text.ts'

export function readJSON({ content }: AnyRepresentation): BodyReader {
  const { read, needsExactIntegers } = compileWireReader(content.schema!)
  const parse: (text: string) => unknown = needsExactIntegers ? parseExactJSON : JSON.parse

  return readingText((text) => {
    if (text === '') return read(undefined)
    const { value, fault, at } = parseJSONText(text, parse)
    if (fault !== undefined) return { issues: [{ path: [at], code: 'json_invalid', message: fault }] }
    return value === null ? readNull() : read(value)
  })

  /** Where a model does not take null, null is nothing at all: a required body is missing, an optional one absent. */
  async function readNull(): Promise<InputResult> {
    const result = await read(null)
    return result.issues === undefined ? result : read(undefined)
  }
}
