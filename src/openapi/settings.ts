/** What a document is told beside the routes. */
import type { DeclaredResponse } from '../contract/declared.ts'
import type { AnyErrorClass } from '../errors/define-error.ts'
import type { ErrorBody } from '../representation/error-body.ts'
import type { Components } from './components.ts'

export interface ServerObject {
  readonly url: string
  readonly description?: string
}

export interface TagObject {
  readonly name: string
  readonly description?: string
}

export interface Contact {
  readonly name?: string
  readonly url?: string
  readonly email?: string
}

export interface License {
  readonly name: string
  /** An SPDX expression, such as `MIT`. Not beside a `url`. */
  readonly identifier?: string
  readonly url?: string
}

/** What an API says about itself. */
export interface DocumentInfo {
  /** Default: `API`. */
  readonly title?: string
  /** The API's own version. Default: `0.0.0`. */
  readonly version?: string
  /** One sentence. */
  readonly summary?: string
  /** CommonMark. */
  readonly description?: string
  readonly termsOfService?: string
  readonly contact?: Contact
  readonly license?: License
  /** Where the API is served. Default: where the document is. */
  readonly servers?: readonly ServerObject[]
  /** Descriptions of tags, in the order in which they shall be shown. Tags that only routes name follow. */
  readonly tags?: readonly TagObject[]
  /** 3.2 describes each item of streams in the standard's own words; fewer tools read it. Default: `3.1`. */
  readonly openapi?: '3.1' | '3.2'
}

/** What an error handler of the app answers, in place of the thrown error's own form. */
export interface HandledErrors {
  /** Errors of this status, or of this class and its subclasses. */
  readonly key: number | (abstract new (...args: never[]) => object)
  readonly responses: readonly DeclaredResponse[]
}

export interface DocumentSettings extends DocumentInfo {
  /** How errors look where no route says otherwise. */
  readonly errorBody: ErrorBody
  /** Errors that any route may throw. */
  readonly errors: readonly AnyErrorClass[]
  readonly errorHandlers: readonly HandledErrors[]
}

/** What all parts of one document share while it is made. */
export interface Scope {
  readonly settings: DocumentSettings
  readonly components: Components
}
