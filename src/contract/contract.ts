/** The contract of a route: inputs, dependencies, responses and errors, and how its responses are encoded. */
import type { AnyErrorClass } from '../errors/define-error.ts'
import type { ErrorBody } from '../representation/error-body.ts'
import type { AnyRepresentation } from '../representation/representation.ts'
import { describeEncoding, type EncodingDescription } from '../schema/encode.ts'
import type { AnySchema } from '../schema/schema.ts'
import { toDeclaredResponses } from './declared.ts'
import type { AnyDependency } from './dependency.ts'
import type { Deprecation } from './deprecation.ts'
import type { Shape } from './inputs.ts'
import type { Middleware } from './middleware.ts'
import type { ResponseFields, Responses, StatusKey } from './responses.ts'

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

/** How one content of one response is encoded. */
export interface DescribedResponse {
  /** `GET /users/{user_id}` */
  readonly where: string
  readonly status: StatusKey
  readonly mediaType: string | undefined
  /** The name of the server-sent event whose data this is. */
  readonly event: string | undefined
  /** How its model is encoded; `undefined` if it has no model. */
  readonly backEnd: EncodingDescription['backEnd'] | undefined
  /** The parts of the model that the schema library validates. */
  readonly islands: EncodingDescription['islands']
}

/** In the order of declaration, one entry for each event. */
export function describeResponses(contract: AnyContract, where: string): readonly DescribedResponse[] {
  return toDeclaredResponses(contract.responses, where).flatMap(({ key, representations }) =>
    representations.flatMap((representation) =>
      describeContent(representation).map((content) => ({ where, status: key, mediaType: representation.mediaType, ...content })),
    ),
  )
}

type DescribedContent = Pick<DescribedResponse, 'event' | 'backEnd' | 'islands'>

const WITHOUT_MODEL = { event: undefined, backEnd: undefined, islands: [] } as const

function describeContent({ content }: AnyRepresentation): readonly DescribedContent[] {
  const { events } = content
  if (events !== undefined) {
    return Object.entries(events).map(([event, possible]) => {
      const model = possible.find(({ isText = false }) => !isText)
      return { ...(model === undefined ? WITHOUT_MODEL : describeEncoding(model.schema)), event }
    })
  }
  const schema = content.schema ?? content.itemSchema
  if (schema === undefined) return [WITHOUT_MODEL]
  const own = content.isFiltered === true ? { backEnd: 'closures' as const } : {}
  return [{ event: undefined, ...describeEncoding(schema), ...own }]
}
