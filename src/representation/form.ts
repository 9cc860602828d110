/** `application/x-www-form-urlencoded` (WHATWG URL §5), the format of HTML forms. For request bodies only. */
import { requestError } from '../errors/framework-errors.ts'
import { parseQuery } from '../http/request-url.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { readModel } from '../schema/read-model.ts'
import type { AnySchema } from '../schema/schema.ts'
import { compileTextObjectReader } from '../schema/text-objects.ts'
import { everyNode } from '../schema/walk-node.ts'
import { readingText, type BodyReader } from './content.ts'
import { multipart, sentFields, type FieldOptions, type FormRepresentation } from './multipart.ts'
import { refuseAsResponse } from './representation.ts'

/** Options of `form()`. */
export interface FormOptions extends FieldOptions {
  /** Whether `multipart/form-data` is accepted too. Default: false. */
  readonly multipart?: boolean
}

/**
 * The body of an HTML form, `application/x-www-form-urlencoded`. Fields are converted to their declared types. With `multipart`, the result is a list
 * of two representations, of which `Content-Type` chooses one.
 */
export function form<S extends AnySchema>(
  schema: S,
  options: FormOptions & { readonly multipart: true },
): readonly [FormRepresentation<S>, FormRepresentation<S>]
export function form<S extends AnySchema>(schema: S, options?: FieldOptions): FormRepresentation<S>
export function form<S extends AnySchema>(
  schema: S,
  { multipart: takesMultipart = false, ...options }: FormOptions = {},
): FormRepresentation<S> | readonly FormRepresentation<S>[] {
  const urlencoded: FormRepresentation<S> = {
    kind: 'form',
    mediaType: 'application/x-www-form-urlencoded',
    content: { schema, dropsEmptyFields: options.keepEmpty !== true },
    reading: {
      isText: true,
      judgesNothing: true,
      compile() {
        // A file that is optional may be left out.
        if (!takesMultipart) assertNoFile(schema)
        return compileReader(schema, options)
      },
    },
    compile: () => refuseAsResponse('form()'),
  }
  return takesMultipart ? [urlencoded, multipart(schema, options)] : urlencoded
}

/** Throws a `DeclarationError` for a file, which this media type cannot carry. */
function assertNoFile(schema: AnySchema): void {
  if ([...everyNode(readModel(schema), 'in')].some(({ kind }) => kind === 'file'))
    throw new DeclarationError(
      'FORM_FILE',
      'form()',
      'expected fields of text, got a file',
      'Use multipart(), or form(…, { multipart: true })',
    )
}

function compileReader(schema: AnySchema, options: FieldOptions): BodyReader {
  const read = compileTextObjectReader(schema)
  return readingText((text) => {
    const fields = parseQuery(text)
    if (fields === undefined) throw requestError(413, 'The form has too many fields')
    return read(sentFields(fields, options))
  })
}
