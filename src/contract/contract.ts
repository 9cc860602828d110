/** What a route declares in addition to its path: inputs, dependencies, responses, errors. */
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
 * What `body` of a contract takes. A schema means JSON; `form()`, `multipart()`, `text()` and `bytes()` read what their names say; several are told
 * apart by `Content-Type`.
 */
export type BodyDeclaration = AnySchema | AnyRepresentation | readonly AnyRepresentation[]

/** A link to documentation elsewhere (OpenAPI's External Documentation Object). */
export interface ExternalDocumentation {
  readonly url: string
  readonly description?: string
}

/** What the document says of a route beyond its contract. */
export interface Documentation {
  /** One sentence. Default: the route's key in `app.add({ listUsers: get(…) })`, in words. */
  readonly summary?: string
  /** CommonMark. */
  readonly description?: string
  readonly tags?: readonly string[]
  /** Default: the route's key in `app.add({ listUsers: get(…) })`, else made from method and path. */
  readonly operationId?: string
  /** With its dates, responses have `Deprecation`, `Sunset` and `Link` too. Default: false. */
  readonly deprecated?: boolean | Deprecation
  readonly externalDocs?: ExternalDocumentation
  /** Extensions stand in the operation as they are. */
  readonly [extension: `x-${string}`]: unknown
  /** False keeps the route out of the document. Default: true. */
  readonly inDocument?: boolean
}

/** What a route declares: its inputs, its dependencies and every response. */
export interface Contract<P, Q, H, K, B, R, E, D> extends Documentation {
  /** Path parameters, read by declared type. Those not declared are text. */
  readonly params?: P
  readonly query?: Q
  /** By their names in lower case. */
  readonly headers?: H
  readonly cookies?: K
  readonly body?: B
  /** Dependencies, by the name under which the handler finds them. */
  readonly dependencies?: D
  /** Scopes that the client needs, which a dependency with `security` checks; those of its routers come first. Default: none. */
  readonly scopes?: readonly string[]
  readonly responses: R
  /** Middleware around this route, inside that of the app and its routers; the first is the outermost. Default: none. */
  readonly middleware?: readonly Middleware[]
  /** Errors that the handler may throw, declared with `defineError`. */
  readonly errors?: readonly E[]
  /** How errors look where their status declares nothing else. Default: the router's, then the app's. */
  readonly errorBody?: ErrorBody
  /** The largest request body, in bytes. Default: the app's. */
  readonly bodyLimitBytes?: number
}

/** A contract when its types no longer matter, with what its routers share. */
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
