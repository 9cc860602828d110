/** How errors look on the wire: a representation that makes its value from an error. */
import { z } from 'zod'
import { declarationOf, DefinedError, type AnyErrorClass } from '../errors/define-error.ts'
import { RequestError } from '../errors/framework-errors.ts'
import type { HTTPError } from '../errors/http-error.ts'
import { compileEncoder } from '../schema/encode.ts'
import type { AnySchema, InputOf } from '../schema/schema.ts'
import type { Representation } from './representation.ts'

/** What an error body may tell beside the error itself. */
export interface ErrorFacts {
  readonly requestId: string
}

/** Which error the document or the encoder asks about. */
export interface ErrorKind {
  /** A declared error; its code and data are part of its body. */
  readonly error?: AnyErrorClass
  /** A request that broke its inputs' models: 422. */
  readonly validation?: boolean
}

export interface ErrorBody extends Representation<never> {
  readonly kind: 'error-body'
  /** The model of one kind of error. */
  readonly modelOf: (kind: ErrorKind) => AnySchema
  readonly toValue: (error: HTTPError, kind: ErrorKind, facts: ErrorFacts) => unknown
}

export function isErrorBody(value: unknown): value is ErrorBody {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'error-body'
}

/** Which model an error that was thrown goes out in. */
export function kindOf(error: HTTPError): ErrorKind {
  if (error instanceof DefinedError) return { error: declarationOf(error) }
  return { validation: error instanceof RequestError && error.status === 422 }
}

function defineErrorBody({ mediaType, modelOf, toValue }: Pick<ErrorBody, 'mediaType' | 'modelOf' | 'toValue'>): ErrorBody {
  return {
    kind: 'error-body',
    mediaType,
    modelOf,
    toValue,
    content: { schema: modelOf({}) },
    compile() {
      const { encode } = compileEncoder(modelOf({}))
      return (reply, value) => {
        reply.body = encode(value)
      }
    },
  }
}

/** An error body of your own: `model` is what clients get, `from` makes it from the error. */
export function errorBody<Model extends AnySchema>(model: Model, from: (error: HTTPError, facts: ErrorFacts) => InputOf<Model>): ErrorBody {
  return defineErrorBody({ mediaType: 'application/json', modelOf: () => model, toValue: (error, _kind, facts) => from(error, facts) })
}

const issue = z.object({ loc: z.array(z.union([z.string(), z.int()])), msg: z.string(), type: z.string() }).meta({ id: 'InputIssue' })

const problemShape = {
  type: z.string().default('about:blank'),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  request_id: z.string(),
}

const Problem = z.object({ ...problemShape, data: z.unknown().optional() }).meta({ id: 'Problem', description: 'RFC 9457 problem details' })
const ValidationProblem = z.object({ ...problemShape, errors: z.array(issue) }).meta({ id: 'ValidationProblem' })

/** A model for each declared error, made once. */
function modelPerError(make: (error: AnyErrorClass) => AnySchema): (error: AnyErrorClass) => AnySchema {
  const models = new WeakMap<AnyErrorClass, AnySchema>()
  return (error) => {
    let model = models.get(error)
    if (model === undefined) models.set(error, (model = make(error)))
    return model
  }
}

const toIssues = (error: HTTPError) =>
  (error instanceof RequestError ? error.problems : []).map(({ location, code, message }) => ({ loc: location, msg: message, type: code }))

/** What a declared error has of its own. */
const toNamed = (error: HTTPError, kind: ErrorKind) =>
  kind.error !== undefined && error instanceof DefinedError ? { code: error.code, data: error.data } : {}

/** `USER_NOT_FOUND` → `UserNotFound`: the name of an error's component. */
const componentName = (code: string) =>
  code
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')

/** RFC 9457 problem details, the default. A declared error adds its `code` and `data`, a broken request its `errors`. */
export function problem(): ErrorBody {
  const declared = modelPerError((error) => {
    const data = error.data === undefined ? {} : { data: error.data as z.ZodType }
    return z
      .object({ ...problemShape, status: z.literal(error.status), code: z.literal(error.code), ...data })
      .meta({ id: `${componentName(error.code)}Problem` })
  })
  return defineErrorBody({
    mediaType: 'application/problem+json',
    modelOf: ({ error, validation }) => (error ? declared(error) : validation ? ValidationProblem : Problem),
    toValue: (error, kind, { requestId }) => ({
      title: error.title,
      status: error.status,
      detail: typeof error.detail === 'string' ? error.detail : error.title,
      request_id: requestId,
      ...(typeof error.detail === 'string' ? {} : { data: error.detail }),
      ...toNamed(error, kind),
      errors: toIssues(error),
    }),
  })
}

const FastapiError = z.object({ detail: z.unknown() }).meta({ id: 'HTTPError' })
const FastapiValidationError = z.object({ detail: z.array(issue) }).meta({ id: 'HTTPValidationError' })

/** The bodies that FastAPI sends: `{ "detail": … }`. A declared error adds its `code` and `data`. */
export function fastapi(): ErrorBody {
  const declared = modelPerError((error) => {
    const data = error.data === undefined ? {} : { data: error.data as z.ZodType }
    return z.object({ detail: z.string(), code: z.literal(error.code), ...data }).meta({ id: `${componentName(error.code)}Error` })
  })
  return defineErrorBody({
    mediaType: 'application/json',
    modelOf: ({ error, validation }) => (error ? declared(error) : validation ? FastapiValidationError : FastapiError),
    toValue: (error, kind) => ({ detail: kind.validation === true ? toIssues(error) : error.detail, ...toNamed(error, kind) }),
  })
}
