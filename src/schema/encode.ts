/** Model → the response pass: validate, filter and serialise in one. */
import type { AnySchema } from './schema.ts'

export interface Encoder {
  /** A model's value as JSON, ready for a writer: flat ASCII text, or bytes. Throws a `ModelBreach`. */
  readonly encode: (value: unknown) => string | Uint8Array
  /** The same as text. Throws a `ModelBreach`. */
  readonly encodeText: (value: unknown) => string
  /** The value checked and filtered, but not serialised: dates are still dates. Throws a `ModelBreach`. */
  readonly filter: (value: unknown) => unknown
}

export declare function compileEncoder(schema: AnySchema): Encoder
