/** The settings of an OpenAPI document that do not come from its routes. */
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
  /** An SPDX expression, such as `MIT`. OpenAPI does not allow both this and a `url`. */
  readonly identifier?: string
  readonly url?: string
}

/** A request that the API sends. Its headers and body are documented as those of a response: with their defaults filled in. */
export interface Webhook extends Documentation {
  /** Default: `POST`. */
  readonly method?: Method
  readonly headers?: Shape
  readonly body?: BodyDeclaration
  /** The responses that the API expects from the client. */
  readonly responses: Responses
}

/** General information about an API. */
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
   * The URLs at which the API is served. Default: the origin of the document. If the URLs end with a path, such as `/v1`, it is removed from
   * the document's paths that begin with it.
   */
  readonly servers?: readonly ServerObject[]
  /** Descriptions of tags, in the order in which tools show them. Tags that only routes name are added at the end. */
  readonly tags?: readonly TagObject[]
  /** The OpenAPI version. 3.2 describes the items of a stream with `itemSchema`, but fewer tools read it. Default: `3.1`. */
  readonly openapi?: '3.1' | '3.2'
  /** Requests that the API sends to its clients, by name. */
  readonly webhooks?: Readonly<Record<string, Webhook>>
}

/** The responses of an app's error handler. They replace the response that the error would have without a handler. */
export interface HandledErrors {
  /** Errors of this status, or of this class and its subclasses. */
  readonly key: number | (abstract new (...args: never[]) => object)
  readonly responses: readonly DeclaredResponse[]
}

export interface DocumentSettings extends DocumentInfo {
  /** The error body of routes that declare no other. */
  readonly errorBody: ErrorBody
  /** Errors that any route may throw. */
  readonly errors: readonly AnyErrorClass[]
  readonly errorHandlers: readonly HandledErrors[]
}

/** What the functions that create the parts of one document share. */
export interface Scope {
  readonly settings: DocumentSettings
  readonly components: Components
}
