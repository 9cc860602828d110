/** What a route declares of errors, as far as a thrown one is concerned. */
import type { AnyErrorClass } from '../errors/define-error.ts'
import { isErrorBody, type ErrorBody, type ErrorKind } from '../representation/error-body.ts'
import type { AnySchema } from '../schema/schema.ts'
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

/** What an error goes out in. */
export interface ErrorForm {
  readonly body: ErrorBody
  readonly mediaType: string
  readonly model: AnySchema
  /** What may be told of it: of an error that is not named only what all errors have. */
  readonly kind: ErrorKind
}

/** `isNamed`: the contract or the framework names this very error, so that a model declared for its status is not meant for it. */
export function findErrorForm(
  status: number,
  kind: ErrorKind,
  isNamed: boolean,
  { byStatus, errorBody }: Pick<DeclaredErrors, 'byStatus' | 'errorBody'>,
): ErrorForm {
  const declared = findByStatus(byStatus, status)
  const own = declared?.representations.find(isErrorBody)
  const body = own ?? errorBody
  const other = own === undefined && !isNamed ? declared?.representations[0] : undefined
  const mediaType = other?.mediaType ?? body.mediaType!
  const model = other?.content.schema
  if (model !== undefined) return { body, mediaType, model, kind }
  const told = isNamed ? kind : {}
  return { body, mediaType, model: body.modelOf(told), kind: told }
}
