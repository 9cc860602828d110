/** `application/x-www-form-urlencoded` (WHATWG URL §5): what HTML forms send. Declared as a body of requests, never of responses. */
import { RequestError } from '../errors/framework-errors.ts'
import { parseQuery } from '../http/query.ts'
import type { AnySchema } from '../schema/schema.ts'
import { compileTextObjectReader } from '../schema/text.ts'
import { readingText, type BodyReader } from './content.ts'
import { filledIn, type FormRepresentation } from './multipart.ts'
import { refuseAsResponse } from './representation.ts'

/** Fields are read by their declared type. A field that was left empty counts as absent. */
export function form<S extends AnySchema>(schema: S): FormRepresentation<S> {
  return {
    kind: 'form',
    mediaType: 'application/x-www-form-urlencoded',
    content: { schema },
    reading: { isText: true, compile: () => compileReader(schema) },
    compile: () => refuseAsResponse('form()'),
  }
}

function compileReader(schema: AnySchema): BodyReader {
  const read = compileTextObjectReader(schema)
  return readingText((text) => {
    const fields = parseQuery(text)
    if (fields === undefined) throw new RequestError(413, 'The form has too many fields')
    return read(filledIn(fields))
  })
}
