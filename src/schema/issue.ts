/** What is wrong with a value that came in. */

/** One thing wrong, at one place. */
export interface InputIssue {
  /** Below the location it was read from: names and list indexes. */
  readonly path: readonly (string | number)[]
  /** A stable name, FastAPI's where it has one: `missing`, `int_parsing`, … */
  readonly code: string
  /** For the client; never holds the value. */
  readonly message: string
}

/** A value that was read, or everything that is wrong with it. */
export type InputResult =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly InputIssue[]; readonly value?: undefined }
