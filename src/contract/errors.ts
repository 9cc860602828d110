/** What a route declares of errors, as far as a thrown one is concerned. */
import type { AnyErrorClass } from '../errors/define-error.ts'
import type { ErrorBody } from '../representation/error-body.ts'
import type { DeclaredResponse } from './declared.ts'
import type { StatusKey } from './responses.ts'

export interface DeclaredErrors {
  /** `GET /users/{user_id}`, for the log. */
  readonly where: string
  readonly errorBody: ErrorBody
  /** An error body of its own for a status; `undefined` where the status is declared without one. */
  readonly byStatus: ReadonlyMap<StatusKey, DeclaredResponse>
  readonly errors: ReadonlySet<AnyErrorClass>
}
