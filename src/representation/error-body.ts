/** The format of errors: a representation, and a function that makes its value from an error. */
import { z } from 'zod'
import { declarationOf, DefinedError, type AnyErrorClass } from '../errors/define-error.ts'
import { type InputProblem, RequestError } from '../errors/framework-errors.ts'
import { isHTTPError, type HTTPError } from '../errors/http-error.ts'
import { compileEncoder } from '../schema/encode.ts'
import { ModelError } from '../schema/model-error.ts'
import type { AnySchema, Accepted } from '../schema/schema.ts'
import { json } from './json.ts'
import { isRepresentation, type AnyRepresentation, type Representation } from './representation.ts'

/** What an error body may contain, in addition to the status and the detail of the error. */
export interface ErrorFacts {
  /** The id that is also in the log. */
  readonly requestId: string
  /** The code of a declared error; `undefined` for others. */
  readonly code: string | undefined
  /** The data of a declared error, validated and filtered by its model; `undefined` for others. */
  readonly data: unknown
  /** The problems of the request, for 422. No message contains a value that the client sent. */
  readonly problems: readonly InputProblem[]
}

/** What is known about an error. It decides which model its body has. */
export interface ErrorKind {
  /** A declared error: its code and data may be part of its body. */
  readonly error?: AnyErrorClass
  /** A request that does not fit its inputs' models: 422. */
  readonly validation?: boolean
  /** Whether a model that is declared for the status filters the body. The detail may then be any JSON. */
  readonly isFiltered?: boolean
}

/** The format of errors: what `problem()`, `fastapi()` and `errorBody()` return. A handler passes it the error itself: `reply(400, error)`. */
export interface ErrorBody extends Representation<HTTPError> {
  readonly kind: 'error-body'
  /** The content of one kind of error. */
  readonly representationOf: (kind: ErrorKind) => AnyRepresentation
  readonly toValue: (error: HTTPError, kind: ErrorKind, exchange: { readonly requestId: string }) => unknown
}

export function isErrorBody(value: AnyRepresentation): value is ErrorBody {
  return 'representationOf' in value
}

/** What clients may see of an error. */
export function kindOf(error: HTTPError): ErrorKind {
  if (error instanceof DefinedError) return { error: declarationOf(error) }
  return { validation: error instanceof RequestError && error.status === 422 }
}

interface ErrorBodyDefinition {
  readonly representationOf: ErrorBody['representationOf']
  readonly toValue: (error: HTTPError, facts: ErrorFacts, kind: ErrorKind) => unknown
}

export function defineErrorBody({ representationOf, toValue }: ErrorBodyDefinition): ErrorBody {
  const { mediaType, content } = representationOf({})
  return {
    kind: 'error-body',
    mediaType,
    content,
    representationOf,
    compile() {
      const render = representationOf({}).compile()
      return (reply, error, exchange) => {
        if (!isHTTPError(error)) throw new ModelError([], 'an error', 'another value')
        return render(reply, toValue(error, toFacts(error, {}, exchange.requestId), {}), exchange)
      }
    },
    toValue: (error, kind, { requestId }) => toValue(error, toFacts(error, kind, requestId), kind),
  }
}

/** The facts for the error body. An undeclared error has no code and no data. */
function toFacts(error: HTTPError, kind: ErrorKind, requestId: string): ErrorFacts {
  const { code, data } = kind.error !== undefined && error instanceof DefinedError ? error : NOT_DECLARED
  return { requestId, code, data, problems: error instanceof RequestError ? error.problems : [] }
}

const NOT_DECLARED = { code: undefined, data: undefined }

/** The data of a declared error, filtered by its model. */
function filterData(data: unknown, { error }: ErrorKind): unknown {
  return error?.data === undefined ? undefined : compileEncoder(error.data).filter(data)
}

/** The value type of a representation or model. The conditional type makes the compiler check the first argument before the second, so that literals keep their types. */
type ErrorBodyValue<Body> = Body extends AnySchema ? Accepted<Body> : Body extends { readonly '~value'?: infer Value } ? Value : never

/**
 * Custom error bodies: `body` is the model of a JSON body, or any representation, such as `html()`. `from` makes its value from an error.
 * The value is validated and filtered like every response.
 */
export function errorBody<Body extends AnySchema | AnyRepresentation>(
  body: Body,
  from: [Body] extends [never] ? never : (error: HTTPError, facts: ErrorFacts) => ErrorBodyValue<Body>,
): ErrorBody {
  const representation: AnyRepresentation = isRepresentation(body) ? body : json(body)
  return defineErrorBody({
    representationOf: () => representation,
    toValue: (error, facts, kind) => from(error, { ...facts, data: filterData(facts.data, kind) }),
  })
}

/** One problem of a request, with the member names of FastAPI. */
export const InputIssue = z
  .object({ loc: z.array(z.union([z.string(), z.int()])), msg: z.string(), type: z.string() })
  .meta({ id: 'InputIssue' })

export function toIssues(problems: readonly InputProblem[]): readonly z.infer<typeof InputIssue>[] {
  return problems.map(({ location, code, message }) => ({ loc: [...location], msg: message, type: code }))
}

/** Caches the representation of each declared error. */
export function perError(make: (error: AnyErrorClass) => AnyRepresentation): (error: AnyErrorClass) => AnyRepresentation {
  const made = new WeakMap<AnyErrorClass, AnyRepresentation>()
  return (error) => {
    let representation = made.get(error)
    if (representation === undefined) made.set(error, (representation = make(error)))
    return representation
  }
}

/** `USER_NOT_FOUND` → `UserNotFound` */
export function toComponentName(code: string): string {
  const words = code.toLowerCase().split('_')
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}
