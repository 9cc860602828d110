/** What a document says beyond the routes. */
import type { BodyDeclaration, Documentation } from '../contract/contract.ts'
import type { DeclaredResponse } from '../contract/declared.ts'
import type { Responses } from '../contract/responses.ts'
import type { Shape } from '../contract/inputs.ts'
import type { AnyErrorClass } from '../errors/define-error.ts'
import type { ErrorBody } from '../representation/error-body.ts'
import type { Method } from '../routing/route.ts'
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

/** A request that the API sends. What it sends is documented as a response is: complete, with its defaults. */
export interface Webhook extends Documentation {
  /** Default: `POST`. */
  readonly method?: Method
  readonly headers?: Shape
  readonly body?: BodyDeclaration
  /** What the client is expected to answer. */
  readonly responses: Responses
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
  /**
   * Where the API is served. Default: where the document is. A path at the end of a URL, such as `/v1`, is left out of the document's
   * paths where the routes begin with it too.
   */
  readonly servers?: readonly ServerObject[]
  /** Descriptions of tags, in the order in which tools show them. Tags that only routes name follow. */
  readonly tags?: readonly TagObject[]
  /** 3.2 has `itemSchema` for streams, but fewer tools read it. Default: `3.1`. */
  readonly openapi?: '3.1' | '3.2'
  /** Requests that the API sends to its clients, by name. */
  readonly webhooks?: Readonly<Record<string, Webhook>>
}

/** The responses of an app's error handler. They replace the thrown error's own form. */
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
