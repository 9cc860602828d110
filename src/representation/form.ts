/** What HTML forms send (RFC 7578, WHATWG URL §5): declared as bodies of requests, never of responses. */
import { DeclarationError } from '../schema/declaration-error.ts'
import type { AnySchema, OutputOf } from '../schema/schema.ts'
import type { Render, Representation } from './representation.ts'

export interface FormRepresentation<S extends AnySchema> extends Representation<never> {
  readonly '~input'?: OutputOf<S>
}

/** A file of a form while it arrives. */
export interface UploadedFile {
  /** The name of its field. */
  readonly field: string
  /** As the client calls it, without any folders. */
  readonly name: string
  /** As the client says; nothing proves it. */
  readonly type: string
  /** The content. What is not read of it is skipped. */
  readonly content: AsyncIterable<Uint8Array>
}

/**
 * Takes a file's content and gives what stands for it in the form's value: a `File`, a text, or any object that its field's
 * model takes (`z.file()`, `z.string()`, `z.custom()`).
 * `cleanUp` registers what is to be done when the answer is complete or has failed.
 */
export type FileStore = (file: UploadedFile, cleanUp: (action: () => unknown) => void) => Promise<string | object>

export interface MultipartOptions {
  /** Default: in memory, as a `File`. */
  readonly store?: FileStore
  /** The most fields and files. Default: 1,000. */
  readonly maxParts?: number
  /** The largest single field or file, in bytes. Default: as large as the whole body may be. */
  readonly partLimitBytes?: number
}

export interface MultipartRepresentation<S extends AnySchema> extends FormRepresentation<S> {
  readonly options: MultipartOptions
}

/** `application/x-www-form-urlencoded`: fields are read by their declared type. A field that was left empty counts as absent. */
export function form<S extends AnySchema>(schema: S): FormRepresentation<S> {
  return { kind: 'form', mediaType: 'application/x-www-form-urlencoded', content: { schema }, compile: refuse }
}

/** `multipart/form-data`: fields as in `form()`, files as `File`. */
export function multipart<S extends AnySchema>(schema: S, options: MultipartOptions = {}): MultipartRepresentation<S> {
  return { kind: 'multipart', mediaType: 'multipart/form-data', content: { schema }, compile: refuse, options }
}

function refuse(): Render {
  throw new DeclarationError(
    'RESPONSE_FORM',
    'responses',
    'form content can be read but not sent',
    'Declare a schema or another representation',
  )
}
