/** Formats and checks one declared header or cookie of a response by its model. */
import { formatList, parseListValues } from '../http/list.ts'
import { compileEncoder } from '../schema/encode.ts'
import { ModelError } from '../schema/model-error.ts'
import { parseExactJSON } from '../schema/parse-json.ts'
import type { AnySchema } from '../schema/schema.ts'
import { compileTextReader } from '../schema/text.ts'

/** Both functions throw a `ModelError` that names the field. */
export interface DeclaredField {
  readonly name: string
  /** The value as text; `undefined` if it is missing and its model allows that. */
  readonly format: (value: unknown) => string | undefined
  /** Checks a value that is text already, because it was staged. */
  readonly assertText: (text: string) => void
}

export function compileField(name: string, schema: AnySchema): DeclaredField {
  const { filter, encodeText } = compileEncoder(schema)
  const { read } = compileTextReader(schema, { split: parseListValues })
  return {
    name,
    format(value) {
      try {
        return value === undefined && filter(undefined) === undefined ? undefined : toText(encodeText(value))
      } catch (error) {
        if (!(error instanceof ModelError)) throw error
        throw new ModelError([name, ...error.path], error.expected, error.received)
      }
    },
    assertText(text) {
      const result = read([text])
      if (result instanceof Promise || result.issues !== undefined)
        throw new ModelError([name], 'text that its model reads', 'another text')
    },
  }
}

/** Turns JSON into a field value, by removing quotes and brackets: it holds a string, a number, a date, or a list of them. */
function toText(json: string): string {
  if (json.startsWith('"')) return JSON.parse(json) as string
  return json.startsWith('[') ? formatList((parseExactJSON(json) as unknown[]).map(String)) : json
}
