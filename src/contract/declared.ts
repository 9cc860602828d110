/** Declared responses, normalised: the runtime and the document read this, however they were written. */
import { isEither, type Either } from '../representation/either.ts'
import { json } from '../representation/json.ts'
import { empty } from '../representation/empty.ts'
import { isNullBodyStatus } from '../http/status.ts'
import { isRepresentation, type AnyRepresentation } from '../representation/representation.ts'
import { isSchema, type AnySchema } from '../schema/schema.ts'
import { readModel } from '../schema/read-model.ts'
import { toCookies, type AnyCookie } from '../reply/cookie.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { dependenciesInOrder, type Dependencies } from './dependency.ts'
import type { DetailedResponse, ResponseDeclaration, Responses, StatusKey } from './responses.ts'

export interface DeclaredResponse {
  readonly key: StatusKey
  /** At least one; several are chosen by `Accept`. */
  readonly representations: readonly AnyRepresentation[]
  /** Given where the handler chooses, by a value or by the media type that `reply()` names. */
  readonly choose: Either<AnyRepresentation>['choose'] | undefined
  /** By their names as declared. */
  readonly headers: Readonly<Record<string, AnySchema>>
  readonly cookies: Readonly<Record<string, AnyCookie>>
  readonly description: string | undefined
  /** The field of the model that the `ETag` is made of. */
  readonly version: string | undefined
  /** No content is declared: the response has none, except for a thrown error. */
  readonly isBare: boolean
}

const KEY = /^(?:[2-5]\d\d|[2-5]XX|default)$/

function toRepresentations(body: DetailedResponse['body'], key: StatusKey): readonly AnyRepresentation[] {
  if (body === undefined) return [empty()]
  if (isEither(body)) return body.representations
  if (isRepresentation(body)) return [body]
  if (isSchema(body)) {
    if (typeof key === 'number' && isNullBodyStatus(key)) {
      throw new DeclarationError(
        'RESPONSE_BODY',
        `response ${key}`,
        'this status never has content, but a model was declared for it',
        'Declare empty() instead',
      )
    }
    return [json(body)]
  }
  return body
}

/** Representations of one resource in several media types would have different tags (RFC 9110 §8.8.3). */
function assertVersion(name: string, [first, ...others]: readonly AnyRepresentation[], key: StatusKey): void {
  const schema = others.length > 0 ? undefined : first!.content.schema
  const model = schema === undefined ? undefined : readModel(schema)
  if (model?.kind === 'object' && model.properties.some((property) => property.name === name && property.required)) return
  throw new DeclarationError(
    'RESPONSE_VERSION',
    `response ${key} version`,
    `expected a required property of the one model of the response, got ${JSON.stringify(name)}`,
    'Name a property that every answer has',
  )
}

function toDeclaredResponse(key: StatusKey, declaration: ResponseDeclaration): DeclaredResponse {
  const detailed: DetailedResponse =
    isSchema(declaration) || isEither(declaration) || isRepresentation(declaration) || Array.isArray(declaration)
      ? { body: declaration as NonNullable<DetailedResponse['body']> }
      : (declaration as DetailedResponse)
  const representations = toRepresentations(detailed.body, key)
  if (detailed.version !== undefined) assertVersion(detailed.version, representations, key)
  return {
    key,
    representations,
    choose: isEither(detailed.body) ? detailed.body.choose : undefined,
    headers: detailed.headers ?? {},
    cookies: toCookies(detailed.cookies ?? {}, `response ${key} cookies`),
    description: detailed.description,
    version: detailed.version,
    isBare: detailed.body === undefined,
  }
}

/** In the order of their keys: exact statuses first, ascending. */
export function toDeclaredResponses(responses: Responses): readonly DeclaredResponse[] {
  return Object.entries(responses).map(([key, declaration]) => {
    if (!KEY.test(key)) {
      throw new DeclarationError(
        'RESPONSE_STATUS',
        'responses',
        'a key is not a final status, a range such as 4XX, or default',
        'Declare responses by status',
      )
    }
    return toDeclaredResponse((/^\d+$/.test(key) ? Number(key) : key) as StatusKey, declaration as ResponseDeclaration)
  })
}

/** What the dependencies of a route may end its requests with. */
export function declaredByDependencies(dependencies: Dependencies | undefined): readonly DeclaredResponse[] {
  return dependenciesInOrder(dependencies).flatMap(({ options }) => [...toDeclaredResponses(options.responses ?? {})])
}

/** Does the client's `Accept` choose the representation? Then the response has `Vary`. */
export function isChosenByAccept({ representations, choose }: DeclaredResponse): boolean {
  return representations.length > 1 && choose === undefined
}

/** Looks a status up: exact first, then its range, then `default`. */
export function findByStatus<Value>(byKey: ReadonlyMap<StatusKey, Value>, status: number): Value | undefined {
  return byKey.get(status) ?? byKey.get(`${Math.floor(status / 100)}XX` as StatusKey) ?? byKey.get('default')
}
