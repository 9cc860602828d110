/** The contract of a route: inputs, dependencies, responses and errors. */
import type { AnyErrorClass } from '../errors/define-error.ts'
import type { ErrorBody } from '../representation/error-body.ts'
import type { AnyRepresentation } from '../representation/representation.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { AnyDependency } from './dependency.ts'
import type { Deprecation } from './deprecation.ts'
import type { Middleware } from './middleware.ts'
import type { ResponseFields, Responses } from './responses.ts'
import type { Shape } from './inputs.ts'

/**
 * What `body` of a contract can be. A schema means JSON. `form()`, `multipart()`, `text()` and `bytes()` read other media types. If there are
 * several, the `Content-Type` of the request chooses one.
 */
export type BodyDeclaration = AnySchema | AnyRepresentation | readonly AnyRepresentation[]

/** A link to documentation elsewhere (OpenAPI's External Documentation Object). */
export interface ExternalDocumentation {
  readonly url: string
  readonly description?: string
}

/** What the OpenAPI document says about a route in addition to its contract. */
export interface Documentation {
  /** One sentence. Default: the route's key in `app.add({ listUsers: get(…) })`, split into words. */
  readonly summary?: string
  /** CommonMark. */
  readonly description?: string
  readonly tags?: readonly string[]
  /** Default: the route's key in `app.add({ listUsers: get(…) })`, else made from method and path. */
  readonly operationId?: string
  /** With a `Deprecation` object, responses also have the headers `Deprecation`, `Sunset` and `Link`. Default: false. */
  readonly deprecated?: boolean | Deprecation
  readonly externalDocs?: ExternalDocumentation
  /** OpenAPI extensions, copied into the operation unchanged. */
  readonly [extension: `x-${string}`]: unknown
  /** False keeps the route out of the document. Default: true. */
  readonly inDocument?: boolean
}

/** What a route declares: its inputs, its dependencies and every response. */
export interface Contract<P, Q, H, K, B, R, E, D> extends Documentation {
  /** Path parameters, converted to their declared types. A parameter that is not declared is a string. */
  readonly params?: P
  readonly query?: Q
  /** Request headers, by their names in lower case. */
  readonly headers?: H
  readonly cookies?: K
  readonly body?: B
  /** Dependencies, by the names that their values have in the handler's context. */
  readonly dependencies?: D
  /** Scopes that the client needs, after those of the routers. A dependency with `security` checks them. Default: none. */
  readonly scopes?: readonly string[]
  readonly responses: R
  /** Middleware around this route. It runs inside the middleware of the app and the routers; the first is the outermost. Default: none. */
  readonly middleware?: readonly Middleware[]
  /** Errors that the handler may throw, declared with `defineError`. */
  readonly errors?: readonly E[]
  /** The format of errors whose status has no declared response. Default: the router's, then the app's. */
  readonly errorBody?: ErrorBody
  /** The largest request body, in bytes. Default: the app's. */
  readonly bodyLimitBytes?: number
}

/** A contract of any types, with what its routers share. */
export type AnyContract = ResponseFields &
  Contract<
    Shape | undefined,
    Shape | undefined,
    Shape | undefined,
    Shape | undefined,
    BodyDeclaration | undefined,
    Responses,
    AnyErrorClass,
    Readonly<Record<string, AnyDependency>> | undefined
  >
