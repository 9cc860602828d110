/** The errors that a route declares, and the content that a thrown one is sent as. */
import type { AnyErrorClass } from '../errors/define-error.ts'
import type { HTTPError } from '../errors/http-error.ts'
import { adopt, after } from '../maybe-promise.ts'
import type { Reply } from '../reply/reply.ts'
import { isErrorBody, type ErrorBody, type ErrorKind } from '../representation/error-body.ts'
import type { AnyRepresentation, DocumentedContent, Exchange } from '../representation/representation.ts'
import { ModelError } from '../schema/model-error.ts'
import { readModel } from '../schema/read-model.ts'
import { findByStatus, type DeclaredResponse } from './declared.ts'
import type { StatusKey } from './responses.ts'

export interface DeclaredErrors {
  /** `GET /users/{user_id}`, for the log. */
  readonly where: string
  readonly errorBody: ErrorBody
  /** An error body of its own for a status; `undefined` where the status is declared without one. */
  readonly byStatus: ReadonlyMap<StatusKey, DeclaredResponse>
  readonly errors: ReadonlySet<AnyErrorClass>
}

/** The content of an error response. */
export interface ErrorForm {
  /** `undefined` where the response has no content. */
  readonly mediaType: string | undefined
  /** What the document says of it; `undefined` where nothing represents an error, so that `render` throws. */
  readonly content: DocumentedContent | undefined
  /** Throws, or rejects with, a `ModelError` where the error does not fit. */
  readonly render: (reply: Reply, error: HTTPError, exchange: Exchange) => void | Promise<void>
}

type Declared = Pick<DeclaredErrors, 'byStatus' | 'errorBody'>

/** `isNamed`: the contract or the framework declares this very error, so that a representation for its status is not meant for it. */
export function findErrorForm(status: number, kind: ErrorKind, isNamed: boolean, { byStatus, errorBody }: Declared): ErrorForm {
  const declared = findByStatus(byStatus, status)
  const own = declared?.representations.find(isErrorBody)
  if (declared === undefined || own !== undefined || isNamed || leavesBodyOpen(declared, status))
    return inErrorBody(own ?? errorBody, isNamed ? kind : {})
  return inRepresentation(declared.representations[0]!, errorBody, kind)
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

/** In what is declared for its status: as it represents errors itself, else its model has to take what the error body says. */
function inRepresentation(representation: AnyRepresentation, body: ErrorBody, known: ErrorKind): ErrorForm {
  const { kind, mediaType, content, fromError } = representation
  const isPossible = fromError !== undefined || content.schema !== undefined
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

/** Throws a `DeclarationError` where a model of the errors that may be thrown can't be encoded. */
export function assertErrorModels({ errors, errorBody, byStatus }: DeclaredErrors): void {
  const forms = [...errors].map((error) => findErrorForm(error.status, { error }, true, { byStatus, errorBody }))
  const contents = [...forms, errorBody.representationOf({}), errorBody.representationOf({ validation: true })]
  for (const { content } of contents) if (content?.schema !== undefined) readModel(content.schema)
}
