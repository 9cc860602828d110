/** The errors that a route declares, and the content that a thrown one is sent as. */
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
  /** An error body of its own for a status; `undefined` if the status is declared without one. */
  readonly byStatus: ReadonlyMap<StatusKey, DeclaredResponse>
  readonly errors: ReadonlySet<AnyErrorClass>
}

/** The errors that a route may throw by what it declares itself: its own, those of its dependencies, and that of its scopes. */
export function errorsOfRoute({ errors = [], dependencies, scopes }: AnyContract): readonly AnyErrorClass[] {
  return [...errors, ...dependenciesInOrder(dependencies).flatMap(({ options }) => [...(options.errors ?? [])]), ...errorsOfScopes(scopes)]
}

/** The content of an error response. */
export interface ErrorForm {
  /** `undefined` if the response has no content. */
  readonly mediaType: string | undefined
  /** What the document says of it; `undefined` if nothing represents an error, so that `render` throws. */
  readonly content: DocumentedContent | undefined
  /** Throws, or rejects with, a `ModelError` if the error does not fit. */
  readonly render: (reply: Reply, error: HTTPError, exchange: Exchange) => void | Promise<void>
}

type Declared = Pick<DeclaredErrors, 'byStatus' | 'errorBody'>

/**
 * The contents that an error of this status may be sent as: one, or several of which the client's `Accept` chooses.
 * `isNamed`: the contract or the framework declares this very error, so that a representation for its status is not meant for it.
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

/** Where a handler chooses the representation, an error is sent in the first. */
function offer<Each>(declared: DeclaredResponse | undefined, all: readonly Each[]): readonly Each[] {
  return declared?.choose === undefined ? all : all.slice(0, 1)
}

/** The first where the client takes none: RFC 9110 §12.4.1 lets a server disregard `Accept`, and an error is better sent than replaced by a 406. */
export function chooseErrorForm(forms: readonly ErrorForm[], { incoming }: Exchange): ErrorForm {
  const accept = forms.length === 1 ? undefined : incoming.header('accept')
  if (accept === undefined) return forms[0]!
  const offers = forms.map(({ mediaType }) => mediaType ?? '*/*')
  const chosen = negotiate(accept, offers)
  return forms[chosen === undefined ? 0 : offers.indexOf(chosen)]!
}

/** A status of errors with nothing but a description, or one that takes any media type. */
function leavesBodyOpen({ isBare, representations }: DeclaredResponse, status: number): boolean {
  return (isBare && status >= 400) || representations[0]!.content.mediaType === '*/*'
}

/** `known` says what may be told: an error that is not declared shows only what all errors have. */
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

/** In what is declared for its status: as it represents errors itself, else its model has to take what the error body says. */
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

/** Throws a `DeclarationError` if a model of the errors that may be thrown can't be encoded. */
export function assertErrorModels({ errors, errorBody, byStatus }: DeclaredErrors): void {
  const forms = [...errors].flatMap((error) => findErrorForms(error.status, { error }, true, { byStatus, errorBody }))
  const contents = [...forms, errorBody.representationOf({}), errorBody.representationOf({ validation: true })]
  for (const { content } of contents) if (content?.schema !== undefined) readModel(content.schema)
}
