/** What a route declares of errors, as far as a thrown one is concerned. */
import type { AnyErrorClass } from '../errors/define-error.ts'
import type { HTTPError } from '../errors/http-error.ts'
import type { Reply } from '../reply/reply.ts'
import { isErrorBody, type ErrorBody, type ErrorKind } from '../representation/error-body.ts'
import type { AnyRepresentation, Exchange } from '../representation/representation.ts'
import { ModelError } from '../schema/model-error.ts'
import { compileEncoder } from '../schema/encode.ts'
import { readModel } from '../schema/read-model.ts'
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
  /** `undefined` where it goes out without content. */
  readonly mediaType: string | undefined
  readonly model: AnySchema | undefined
  /** Throws a `ModelError` where the error does not fit. */
  readonly render: (reply: Reply, error: HTTPError, exchange: Exchange) => void
}

type Declared = Pick<DeclaredErrors, 'byStatus' | 'errorBody'>

/** `isNamed`: the contract or the framework names this very error, so that what is declared for its status is not meant for it. */
export function findErrorForm(status: number, kind: ErrorKind, isNamed: boolean, { byStatus, errorBody }: Declared): ErrorForm {
  const declared = findByStatus(byStatus, status)
  const own = declared?.representations.find(isErrorBody)
  if (declared === undefined || own !== undefined || isNamed || leavesBodyOpen(declared, status))
    return inErrorBody(own ?? errorBody, isNamed ? kind : {})
  return inRepresentation(declared.representations[0]!, errorBody, kind)
}

/** As of a status of errors that has a description alone, or of one where anything may come. */
function leavesBodyOpen({ isBare, representations }: DeclaredResponse, status: number): boolean {
  return (isBare && status >= 400) || representations[0]!.content.mediaType === '*/*'
}

/** Of an error that is not named it tells only what all errors have. */
function inErrorBody(body: ErrorBody, told: ErrorKind): ErrorForm {
  const model = body.modelOf(told)
  return {
    mediaType: body.mediaType,
    model,
    render(reply, error, exchange) {
      reply.body = compileEncoder(model).encode(body.toValue(error, told, exchange))
    },
  }
}

/** What representations without a model of their own take of an error. */
const PARTS: Readonly<Record<string, (error: HTTPError, reply: Reply) => unknown>> = {
  text: ({ detail }) => detail,
  redirect: (_error, { headers }) => headers.get('location'),
  empty: () => undefined,
}

/** In what is declared for its status. A model has to take what an error body tells. */
function inRepresentation(representation: AnyRepresentation, body: ErrorBody, told: ErrorKind): ErrorForm {
  const { mediaType, content } = representation
  const toPart = PARTS[representation.kind]
  return {
    mediaType,
    model: content.schema,
    render(reply, error, exchange) {
      if (toPart === undefined && content.schema === undefined) throw new ModelError([], representation.kind, 'an error')
      const value = toPart === undefined ? body.toValue(error, told, exchange) : toPart(error, reply)
      if (representation.kind === 'json') reply.body = compileEncoder(content.schema!).encode(value)
      // None of the others that take an error takes its time.
      else void representation.compile()(reply, value, exchange)
    },
  }
}

/** Throws a `DeclarationError` where a model of the errors that may be thrown can't travel. */
export function assertErrorModels({ errors, errorBody, byStatus }: DeclaredErrors): void {
  const forms = [...errors].map((error) => findErrorForm(error.status, { error }, true, { byStatus, errorBody }))
  const models = [...forms.map(({ model }) => model!), errorBody.modelOf({}), errorBody.modelOf({ validation: true })]
  for (const model of models) readModel(model)
}
