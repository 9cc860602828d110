/** The errors that a route declares, and the content in which a thrown error is sent. */
import type { AnyErrorClass } from '../errors/define-error.ts'
import type { HTTPError } from '../errors/http-error.ts'
import { negotiate } from '../http/accept.ts'
import { adopt, after } from '../maybe-promise.ts'
import type { Reply } from '../reply/reply.ts'
import { isErrorBody, type ErrorBody, type ErrorKind } from '../representation/error-body.ts'
import type { AnyRepresentation, DocumentedContent, Exchange } from '../representation/representation.ts'
import { ModelError } from '../schema/model-error.ts'
import { readModel } from '../schema/read-model.ts'
import type { AnyContract } from './contract.ts'
import { findByStatus, type DeclaredResponse } from './declared.ts'
import { dependenciesInOrder } from './dependency.ts'
import type { StatusKey } from './responses.ts'
import { errorsOfScopes } from './security.ts'

export interface DeclaredErrors {
  /** `GET /users/{user_id}`, for the log. */
  readonly where: string
  readonly errorBody: ErrorBody
  /** The declared responses by status. Some declare their own format for errors. */
  readonly byStatus: ReadonlyMap<StatusKey, DeclaredResponse>
  readonly errors: ReadonlySet<AnyErrorClass>
}

/** The errors that a route may throw: its own, those of its dependencies, and `InsufficientScope` if it requires scopes. */
export function errorsOfRoute({ errors = [], dependencies, scopes }: AnyContract): readonly AnyErrorClass[] {
  return [...errors, ...dependenciesInOrder(dependencies).flatMap(({ options }) => [...(options.errors ?? [])]), ...errorsOfScopes(scopes)]
}

/** The content of an error response. */
export interface ErrorForm {
  /** `undefined` if the response has no content. */
  readonly mediaType: string | undefined
  /** What the OpenAPI document says about it; `undefined` if the content cannot represent an error: `render` then throws. */
  readonly content: DocumentedContent | undefined
  /** Throws, or rejects with, a `ModelError` if the error does not fit. */
  readonly render: (reply: Reply, error: HTTPError, exchange: Exchange) => void | Promise<void>
}

type Declared = Pick<DeclaredErrors, 'byStatus' | 'errorBody'>

/**
 * The contents in which an error of this status may be sent. If there are several, the client's `Accept` chooses.
 * `isNamed`: the contract or the framework declares this error by name, so a representation that is declared for its status is not used for it.
 */
export function findErrorForms(status: number, kind: ErrorKind, isNamed: boolean, { byStatus, errorBody }: Declared): readonly ErrorForm[] {
  const declared = findByStatus(byStatus, status)
  const own = declared?.representations.filter(isErrorBody) ?? []
  const known = isNamed ? kind : {}
  if (own.length > 0) return offer(declared, own).map((body) => inErrorBody(body, known))
  if (declared === undefined || isNamed || leavesBodyOpen(declared, status)) return [inErrorBody(errorBody, known)]
  const { representations } = declared
  const possible = representations.filter(canHoldError)
  return offer(declared, possible.length === 0 ? representations : possible).map((each) => inRepresentation(each, errorBody, kind))
}

/** With `either()` the handler chooses by its result, and a thrown error has none: it is sent in the first representation. */
function offer<Each>(declared: DeclaredResponse | undefined, all: readonly Each[]): readonly Each[] {
  return declared?.choose === undefined ? all : all.slice(0, 1)
}

/** The first if the client accepts none: RFC 9110 §12.4.1 lets a server disregard `Accept`, and the error is more useful than a 406. */
export function chooseErrorForm(forms: readonly ErrorForm[], { incoming }: Exchange): ErrorForm {
  const accept = forms.length === 1 ? undefined : incoming.header('accept')
  if (accept === undefined) return forms[0]!
  const offers = forms.map(({ mediaType }) => mediaType ?? '*/*')
  const chosen = negotiate(accept, offers)
  return forms[chosen === undefined ? 0 : offers.indexOf(chosen)]!
}

/** Whether the status is declared without a format: an error status with only a description, or one for any media type. */
function leavesBodyOpen({ isBare, representations }: DeclaredResponse, status: number): boolean {
  return (isBare && status >= 400) || representations[0]!.content.mediaType === '*/*'
}

/** `known` says what the client may see: an undeclared error shows only its status and detail. */
function inErrorBody(body: ErrorBody, known: ErrorKind): ErrorForm {
  const representation = body.representationOf(known)
  const { mediaType, content } = representation
  return {
    mediaType,
    content,
    render(reply, error, exchange) {
      const render = representation.compile()
      return after(adopt(body.toValue(error, known, exchange)), (value) => render(reply, value, exchange))
    },
  }
}

function canHoldError({ fromError, content }: AnyRepresentation): boolean {
  return fromError !== undefined || content.schema !== undefined
}

/** The error in a representation that is declared for its status: by its `fromError`, else as the error body's value, which must fit its model. */
function inRepresentation(representation: AnyRepresentation, body: ErrorBody, known: ErrorKind): ErrorForm {
  const { kind, mediaType, content, fromError } = representation
  const isPossible = canHoldError(representation)
  return {
    mediaType,
    content: isPossible ? content : undefined,
    render(reply, error, exchange) {
      if (!isPossible) throw new ModelError([], kind, 'an error')
      const value = fromError === undefined ? body.toValue(error, { ...known, isFiltered: true }, exchange) : fromError(error, reply)
      const render = representation.compile()
      return after(adopt(value), (settled) => render(reply, settled, exchange))
    },
  }
}

/** Throws a `DeclarationError` if a model of the errors that may be thrown cannot be encoded. */
export function assertErrorModels({ errors, errorBody, byStatus }: DeclaredErrors): void {
  const forms = [...errors].flatMap((error) => findErrorForms(error.status, { error }, true, { byStatus, errorBody }))
  const contents = [...forms, errorBody.representationOf({}), errorBody.representationOf({ validation: true })]
  for (const { content } of contents) if (content?.schema !== undefined) readModel(content.schema)
}
