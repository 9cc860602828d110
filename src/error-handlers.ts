/** Whatever was thrown → a Reply: by the handlers that were registered, else in the error body that is declared for its status. */
import { compileResponses, type ToReply } from './contract/compile.ts'
import { findByStatus, toDeclaredResponses } from './contract/declared.ts'
import { findErrorForm, type DeclaredErrors } from './contract/errors.ts'
import type { BaseContext } from './contract/handler.ts'
import type { Responses } from './contract/responses.ts'
import type { HandlerResult, ReplyFunction } from './contract/result.ts'
import type { Context } from './context.ts'
import { DefinedError, type AnyErrorClass } from './errors/define-error.ts'
import { describeError } from './errors/describe.ts'
import { ContractBreach, RequestFault, UnhandledError } from './errors/faults.ts'
import { HTTPError } from './errors/http-error.ts'
import { HeaderList } from './http/header-list.ts'
import { isNullBodyStatus } from './http/status.ts'
import type { Logger } from './log.ts'
import { after, type MaybePromise } from './maybe-promise.ts'
import type { HandledErrors } from './openapi/settings.ts'
import { Reply } from './reply/reply.ts'
import { errorEncoder, kindOf } from './representation/error-body.ts'

/** A class whose instances a handler takes, those of its subclasses included. */
export type Throwable = abstract new (...args: never[]) => object

export interface ErrorHandlerContract<R extends Responses> {
  /** What the handler may answer: it becomes part of every route's contract. */
  readonly responses: R
}

export type ErrorHandler<Thrown, R> = (
  error: Thrown,
  context: BaseContext & { readonly reply: ReplyFunction<R> },
) => MaybePromise<HandlerResult<R>>

interface Registered extends HandledErrors {
  readonly handle: (error: never, context: Context) => unknown
  readonly toReply: ToReply
}

export class ErrorHandlers {
  readonly #byClass = new Map<Throwable, Registered>()
  readonly #byStatus = new Map<number, Registered>()
  readonly #logger: Logger
  readonly #outside: DeclaredErrors

  /** `outside` holds for what no route was found for. */
  constructor(outside: DeclaredErrors, logger: Logger) {
    this.#outside = outside
    this.#logger = logger
  }

  add(key: Throwable | number, { responses }: ErrorHandlerContract<Responses>, handle: Registered['handle']): void {
    const declared = toDeclaredResponses(responses)
    const where = typeof key === 'number' ? `onError(${key})` : `onError(${key.name})`
    const registered = { key, responses: declared, handle, toReply: compileResponses(declared, where) }
    if (typeof key === 'number') this.#byStatus.set(key, registered)
    else this.#byClass.set(key, registered)
  }

  /** What handlers answer in place of errors, for the document. */
  get handled(): readonly HandledErrors[] {
    return [...this.#byClass.values(), ...this.#byStatus.values()]
  }

  /** Never throws. */
  toReply(error: unknown, context: Context): MaybePromise<Reply> {
    const registered = this.#find(error)
    if (registered === undefined) return this.#own(error, context)
    const failed = (again: unknown) => this.#own(again instanceof HTTPError ? new UnhandledError(again) : again, context)
    try {
      const reply = after(registered.handle(error as never, context), (result) => registered.toReply(result, context))
      return reply instanceof Promise ? reply.catch(failed) : reply
    } catch (again) {
      return failed(again)
    }
  }

  /** By status first (RFC 9110's own errors), then by class, nearest first. What the framework found wrong is no business of a class. */
  #find(error: unknown): Registered | undefined {
    if (error instanceof HTTPError) {
      const byStatus = this.#byStatus.get(error.status)
      if (byStatus !== undefined) return byStatus
      if (error instanceof RequestFault || error instanceof ContractBreach) return undefined
    }
    for (
      let prototype: unknown = prototypeOf(error);
      typeof prototype === 'object' && prototype !== null;
      prototype = prototypeOf(prototype)
    ) {
      // HTTPError has its answer: a handler for Error is for errors that have none.
      const registered = this.#byClass.get((prototype as { constructor: Throwable }).constructor)
      if (registered !== undefined) return registered
      if (prototype === HTTPError.prototype) return undefined
    }
    return this.#byStatus.get(500)
  }

  #own(thrown: unknown, context: Context): Reply {
    const declared = context.declaredErrors ?? this.#outside
    const error = this.#answerable(thrown, declared)
    if (error.status >= 500) this.#report(error, thrown, context, declared)
    try {
      return this.#render(error, context, declared)
    } catch (broken) {
      this.#logger.error(
        { requestId: context.requestId, error: broken },
        `ERROR_BODY: ${declared.where} ${error.status}: the error does not fit the model declared for it`,
      )
      return this.#render(new UnhandledError(broken), context, { ...declared, byStatus: new Map(), errorBody: this.#outside.errorBody })
    }
  }

  /** The law for errors: one that is not declared is a 500 that says nothing. */
  #answerable(thrown: unknown, declared: DeclaredErrors): HTTPError {
    if (!(thrown instanceof HTTPError)) return new UnhandledError(thrown)
    if (thrown instanceof RequestFault || thrown.status === 500) return thrown
    if (findByStatus(declared.byStatus, thrown.status) !== undefined) return thrown
    if (thrown instanceof DefinedError && declared.errors.has(thrown.constructor as unknown as AnyErrorClass)) return thrown
    return new ContractBreach(
      `UNDECLARED_ERROR: ${declared.where}: ${thrown.name} with status ${thrown.status} was thrown, which is not declared. Add it to errors or responses.`,
      { cause: thrown },
    )
  }

  #render(error: HTTPError, context: Context, declared: DeclaredErrors): Reply {
    const isDeclaredClass = error instanceof DefinedError && declared.errors.has(error.constructor as unknown as AnyErrorClass)
    const reply = new Reply(error.status, HeaderList.from([]), null)
    if (!isNullBodyStatus(error.status)) {
      const isNamed = isDeclaredClass || error instanceof RequestFault
      const { body, mediaType, model } = findErrorForm(error.status, kindOf(error), isNamed, declared)
      reply.headers.set('content-type', mediaType)
      reply.body = errorEncoder(model).encode(body.toValue(error, context))
    }
    context.staged?.applyTo(reply, true)
    for (const [name, value] of Object.entries(error.headers)) reply.headers.set(name, value)
    return reply
  }

  #report(error: HTTPError, thrown: unknown, context: Context, { where }: DeclaredErrors): void {
    const message = error instanceof ContractBreach ? error.message : `${where}: ${describeError(thrown)}`
    this.#logger.error({ requestId: context.requestId, error: thrown }, message)
  }
}

function prototypeOf(value: unknown): unknown {
  try {
    return typeof value === 'object' && value !== null ? (Object.getPrototypeOf(value) as unknown) : undefined
  } catch {
    return undefined
  }
}
