/** Declared responses in one normal form, which the encoder and the OpenAPI document read, and the choice of a representation by `Accept` (RFC 9110 §12.5.1). */
import { requestError, type RequestError } from '../errors/framework-errors.ts'
import { negotiate } from '../http/accept.ts'
import type { Incoming } from '../http/incoming.ts'
import { isNullBodyStatus } from '../http/status.ts'
import { toCookies, type AnyCookie } from '../reply/field.ts'
import { isEither, type Either } from '../representation/either.ts'
import { empty } from '../representation/empty.ts'
import { json } from '../representation/json.ts'
import { isRepresentation, type AnyRepresentation } from '../representation/representation.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { readModel } from '../schema/read-model.ts'
import { isSchema, type AnySchema } from '../schema/schema.ts'
import { dependenciesInOrder, type Dependencies } from './dependency.ts'
import type { DetailedResponse, ResponseDeclaration, Responses, StatusKey } from './responses.ts'

export interface DeclaredResponse {
  readonly key: StatusKey
  /** At least one. If there are several, `Accept` chooses, unless `choose` is set. */
  readonly representations: readonly AnyRepresentation[]
  /** Set for `either()`: the handler chooses by its value, or by the media type that it gives to `reply()`. */
  readonly choose: Either<AnyRepresentation>['choose'] | undefined
  /** Header models, by their names as declared. */
  readonly headers: Readonly<Record<string, AnySchema>>
  readonly cookies: Readonly<Record<string, AnyCookie>>
  readonly description: string | undefined
  /** The field of the model that the `ETag` is made from. */
  readonly version: string | undefined
  /** No content is declared: the response has none, except for a thrown error. */
  readonly isBare: boolean
}

const KEY = /^(?:[2-5]\d\d|[2-5]XX|default)$/

function toRepresentations(body: DetailedResponse['body']): readonly AnyRepresentation[] {
  if (body === undefined) return [empty()]
  if (isEither(body)) return body.representations
  if (isRepresentation(body)) return [body]
  return isSchema(body) ? [json(body)] : body
}

/** A `Response` of `raw()` has its own body, which may be none. */
const WITHOUT_CONTENT: ReadonlySet<string> = new Set(['empty', 'redirect', 'raw'])

function assertNoContent(key: StatusKey, representations: readonly AnyRepresentation[], where: string): void {
  if (typeof key !== 'number' || !isNullBodyStatus(key)) return
  const declared = representations.find(({ kind }) => !WITHOUT_CONTENT.has(kind))
  if (declared !== undefined)
    throw new DeclarationError(
      'RESPONSE_BODY',
      where,
      `this status never has content, but ${declared.mediaType ?? declared.kind} was declared for it`,
      'Declare empty() instead',
    )
}

/** Several media types are not allowed, because each representation of a resource needs its own tag (RFC 9110 §8.8.3). */
function assertVersion(name: string, [first, ...others]: readonly AnyRepresentation[], where: string): void {
  const schema = others.length > 0 ? undefined : first!.content.schema
  const model = schema === undefined ? undefined : readModel(schema)
  if (model?.kind === 'object' && model.properties.some((property) => property.name === name && property.required)) return
  throw new DeclarationError(
    'RESPONSE_VERSION',
    `${where} version`,
    `expected a required property of the one model of the response, got ${JSON.stringify(name)}`,
    'Name a property that every response has',
  )
}

function toDeclaredResponse(key: StatusKey, declaration: ResponseDeclaration, where: string): DeclaredResponse {
  const detailed: DetailedResponse =
    isSchema(declaration) || isEither(declaration) || isRepresentation(declaration) || Array.isArray(declaration)
      ? { body: declaration as NonNullable<DetailedResponse['body']> }
      : (declaration as DetailedResponse)
  const representations = toRepresentations(detailed.body)
  assertNoContent(key, representations, where)
  if (detailed.version !== undefined) assertVersion(detailed.version, representations, where)
  return {
    key,
    representations,
    choose: isEither(detailed.body) ? detailed.body.choose : undefined,
    headers: detailed.headers ?? {},
    cookies: toCookies(detailed.cookies ?? {}, `${where} cookies`),
    description: detailed.description,
    version: detailed.version,
    isBare: detailed.body === undefined,
  }
}

/** In the order of their keys: exact statuses first, ascending. `where` names what declares them: `GET /users/{user_id}`. */
export function toDeclaredResponses(responses: Responses = {}, where: string): readonly DeclaredResponse[] {
  return Object.keys(responses).map((name) => {
    const key = (/^\d+$/.test(name) ? Number(name) : name) as StatusKey
    if (KEY.test(name)) return toDeclaredResponse(key, responses[key] as ResponseDeclaration, `${where} responses.${name}`)
    throw new DeclarationError(
      'RESPONSE_STATUS',
      `${where} responses`,
      `expected a status from 200 to 599, a range such as 4XX, or default, got ${JSON.stringify(key)}`,
      'Declare each response by its status',
    )
  })
}

/** The responses that the dependencies of a route may end its requests with. */
export function declaredByDependencies(dependencies: Dependencies | undefined, where: string): readonly DeclaredResponse[] {
  return dependenciesInOrder(dependencies).flatMap(({ options }) => toDeclaredResponses(options.responses, `${where} dependencies`))
}

/** Whether the client's `Accept` chooses the representation. The response then has `Vary: Accept`. */
export function isChosenByAccept({ representations, choose }: DeclaredResponse): boolean {
  return representations.length > 1 && choose === undefined
}

/** Looks a status up: exact first, then its range, then `default`. */
export function findByStatus<Value>(byKey: ReadonlyMap<StatusKey, Value>, status: number): Value | undefined {
  return byKey.get(status) ?? byKey.get(`${Math.floor(status / 100)}XX` as StatusKey) ?? byKey.get('default')
}

/** The index of the representation; -1 if the client accepts none. */
export type Choose = (incoming: Incoming) => number

/** Chooses the first representation if there is no `Accept`. The last choice is cached, because most clients send the same header. */
export function compileChoice({ representations }: DeclaredResponse): Choose {
  const offers = representations.map(({ mediaType }) => mediaType ?? '*/*')
  let last: string | undefined
  let chosen = 0
  return (incoming) => {
    const accept = incoming.header('accept')
    if (accept === undefined) return 0
    if (accept !== last) {
      const offer = negotiate(accept, offers)
      chosen = offer === undefined ? -1 : offers.indexOf(offer)
      last = accept
    }
    return chosen
  }
}

export function notAcceptable(declared: readonly DeclaredResponse[]): RequestError {
  const offers = declared.flatMap(({ representations }) => representations.map(({ mediaType }) => mediaType ?? '*/*'))
  return requestError(406, `This resource is available as ${[...new Set(offers)].join(', ')}`)
}

/**
 * Throws a `RequestError` 406 before the handler runs, if the client accepts none of the media types of the success responses.
 * `undefined` if some success response is not negotiated: the handler may then send that one.
 */
export function compileAcceptance(declared: readonly DeclaredResponse[]): ((incoming: Incoming) => void) | undefined {
  const successes = declared.filter(({ key }) => mayBeSuccess(key))
  if (successes.length === 0 || successes.some(({ representations, choose }) => representations.length === 1 || choose !== undefined))
    return undefined
  const choices = successes.map(compileChoice)
  return (incoming) => {
    if (choices.every((choose) => choose(incoming) === -1)) throw notAcceptable(successes)
  }
}

function mayBeSuccess(key: StatusKey): boolean {
  return typeof key === 'number' ? key < 400 : key !== '4XX' && key !== '5XX'
}
