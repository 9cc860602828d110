/** Reads application/x-www-form-urlencoded content: fields by declared type. */
import { RequestError } from '../errors/framework-errors.ts'
import { parseQuery } from '../http/query.ts'
import type { AnyRepresentation } from '../representation/representation.ts'
import { compileTextObjectReader } from '../schema/text.ts'
import { readingText, type BodyReader } from './content.ts'

export function readForm({ content }: AnyRepresentation): BodyReader {
  const read = compileTextObjectReader(content.schema!)
  return readingText((text) => {
    const fields = parseQuery(text)
    if (fields === undefined) throw new RequestError(413, 'The form has too many fields')
    return read(filledIn(fields))
  })
}

/** Browsers send a text field that was left empty as the empty text: to the reader it was not filled in. */
export function filledIn<Value>(fields: ReadonlyMap<string, readonly Value[]>): ReadonlyMap<string, readonly Value[]> {
  return new Map([...fields].filter(([, values]) => !(values.length === 1 && values[0] === '')))
}
