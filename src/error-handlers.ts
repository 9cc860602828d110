/** Turns a thrown value into a Reply, by a registered error handler or with the error body that is declared for its status. */
import { compileResponses, type ToReply } from './contract/compile.ts'
import { findByStatus, isChosenByAccept, toDeclaredResponses } from './contract/declared.ts'
import { compileFields } from './contract/fields.ts'
import { chooseErrorForm, findErrorForms, type DeclaredErrors } from './contract/errors.ts'
import type { BaseContext } from './contract/handler.ts'
import type { Responses } from './contract/responses.ts'
import type { HandlerResult, ReplyFunction } from './contract/result.ts'
import type { Exchange } from './exchange.ts'
import { declarationOf, DefinedError } from './errors/define-error.ts'
import { ContractError, RequestError, UnhandledError } from './errors/framework-errors.ts'
import { describeError, HTTPError, isHTTPError } from './errors/http-error.ts'
import { isFinalStatus, isNullBodyStatus } from './http/status.ts'
import type { Logger } from './log.ts'
import { adopt, after, attempt, isPromise, type MaybePromise } from './maybe-promise.ts'
import type { HandledErrors } from './openapi/settings.ts'
import { Reply } from './reply/reply.ts'
import { DeclarationError, within } from './schema/declaration-error.ts'
import { kindOf } from './representation/error-body.ts'

/** A class whose instances an error handler gets, including those of its subclasses. */
export type Throwable = abstract new (...args: never[]) => object

export interface ErrorHandlerContract<R extends Responses> {
  /** The responses of the error handler. They become part of every route's contract. */
  readonly responses: R
}

/** The conditional type makes the compiler check the responses before the handler, so that literals keep their types. */
export type ErrorHandler<Thrown, R> = [R] extends [never]
  ? never
  : (error: Thrown, context: BaseContext & { readonly reply: ReplyFunction<R> }) => HandlerResult<R> | Promise<HandlerResult<R>>

interface Registered extends HandledErrors {
  readonly where: string
  readonly handle: (error: never, context: BaseContext) => unknown
  readonly toReply: ToReply
}

export class ErrorHandlers {
  readonly #byClass = new Map<unknown, Registered>()
  readonly #byStatus = new Map<number, Registered>()
  readonly #logger: Logger
  /** The errors for requests without a route. */
  readonly outside: DeclaredErrors

  constructor(outside: DeclaredErrors, logger: Logger) {
    this.outside = outside
    this.#logger = logger
  }

  add(
    key: Throwable | number,
    { responses }: ErrorHandlerContract<Responses>,
    handle: Registered['handle'],
  ): Pick<Registered, 'responses' | 'where'> {
    const where = typeof key === 'number' ? `onError(${key})` : `onError(${key.name})`
    if (typeof key === 'number' && !isFinalStatus(key))
      throw new DeclarationError('ERROR_STATUS', where, `expected a status from 200 to 599, got ${key}`, 'Pass the status of the errors')
    const declared = toDeclaredResponses(responses, where)
    if (this.#byStatus.has(key as number) || this.#byClass.has(key))
      throw new DeclarationError('DUPLICATE_HANDLER', where, 'another handler is registered for the same errors', 'Keep one of the two')
    const registered = { key, where, responses: declared, handle, toReply: within(where, () => compileResponses(declared, where), ' ') }
    if (typeof key === 'number') this.#byStatus.set(key, registered)
    else this.#byClass.set(key, registered)
    return registered
  }

  /** The responses of the error handlers, for the OpenAPI document. */
  get handled(): readonly HandledErrors[] {
    return [...this.#byClass.values(), ...this.#byStatus.values()]
  }

  /** Ends what the request has started, then makes the reply for the error. Never throws. */
  toReply(error: unknown, exchange: Exchange): MaybePromise<Reply> {
    return exchange.abandon(error, (thrown) =>
      attempt(
        () => this.#respond(thrown, exchange),
        // The thrown value cannot even be inspected, such as a proxy that throws.
        (again) => {
          this.#report(this.#declaredFor(exchange).where, again, exchange)
          return this.#render(new UnhandledError(again), exchange)
        },
      ),
    )
  }

  #respond(thrown: unknown, exchange: Exchange): MaybePromise<Reply> {
    const registered = this.#find(thrown)
    return registered === undefined ? this.#own(thrown, exchange) : this.#handle(registered, thrown, exchange)
  }

  /** The handler by status, else by class, nearest first. Errors of the framework are not passed to handlers of a class. */
  #find(thrown: unknown): Registered | undefined {
    if (isHTTPError(thrown)) {
      const byStatus = this.#byStatus.get(thrown.status)
      if (byStatus !== undefined) return byStatus
      if (thrown instanceof RequestError || thrown instanceof ContractError) return undefined
    }
    for (const type of classesOf(thrown)) {
      const registered = this.#byClass.get(type)
      if (registered !== undefined) return registered
      // An HTTPError defines its response, so a handler for Error does not get it.
      if (type === HTTPError) return undefined
    }
    return this.#byStatus.get(500)
  }

  #handle({ where, handle, toReply }: Registered, thrown: unknown, exchange: Exchange): MaybePromise<Reply> {
    const report = () => this.#report(this.#declaredFor(exchange).where, thrown, exchange)
    const finish = (reply: Reply) => {
      if (reply.status >= 500) report()
      return reply
    }
    const fail = (again: unknown) => {
      report()
      this.#report(where, again, exchange)
      return exchange.abandon(again, () => this.#render(new UnhandledError(again), exchange))
    }
    try {
      const result = adopt(handle(thrown as never, exchange.context)) // the handler was chosen by the class or status of the thrown value
      const reply = after(
        after(result, (value) => toReply(value, exchange)),
        finish,
      )
      return isPromise(reply) ? reply.catch(fail) : reply
    } catch (again) {
      return fail(again)
    }
  }

  #own(thrown: unknown, exchange: Exchange): MaybePromise<Reply> {
    const declared = this.#declaredFor(exchange)
    const error = toHTTPError(thrown, declared)
    // The error was replaced by a 500, for which there may be a handler.
    const ofServer = error === thrown ? undefined : this.#byStatus.get(500)
    if (ofServer !== undefined) return this.#handle(ofServer, error, exchange)
    if (error.status >= 500) this.#report(declared.where, error instanceof ContractError ? error : thrown, exchange)
    return this.#render(error, exchange)
  }

  /** An error that does not fit its declared format is sent as a 500, then in the app's format, and if that does not fit either, without content. */
  #render(error: HTTPError, exchange: Exchange): MaybePromise<Reply> {
    const declared = this.#declaredFor(exchange)
    const renderFailure = () => {
      const formats = error.status === 500 ? [] : [declared]
      if (declared !== this.outside) formats.push({ ...this.outside, where: declared.where })
      return this.#tryEach(new UnhandledError(error), formats, exchange)
    }
    return after(this.#tryRender(error, declared, exchange), (reply) => reply ?? renderFailure())
  }

  #tryEach(failure: HTTPError, [first, ...others]: readonly DeclaredErrors[], exchange: Exchange): MaybePromise<Reply> {
    if (first === undefined) return new Reply(500)
    return after(this.#tryRender(failure, first, exchange), (reply) => reply ?? this.#tryEach(failure, others, exchange))
  }

  #tryRender(error: HTTPError, declared: DeclaredErrors, exchange: Exchange): MaybePromise<Reply | undefined> {
    const fail = (broken: unknown) => {
      this.#logger.error(
        { requestId: exchange.requestId, err: broken },
        `ERROR_BODY: ${declared.where} ${error.status}: the error does not fit what is declared for it: ${describeError(broken)}`,
      )
      return undefined
    }
    try {
      const reply = render(error, exchange, declared)
      return isPromise(reply) ? reply.catch(fail) : reply
    } catch (broken) {
      return fail(broken)
    }
  }

  #declaredFor({ declaredErrors }: Exchange): DeclaredErrors {
    return declaredErrors ?? this.outside
  }

  #report(where: string, error: unknown, exchange: Exchange): void {
    if (exchange.isLeaving(error)) return
    const { requestId } = exchange
    const message = isHTTPError(error) && error instanceof ContractError ? error.message : `${where}: ${describeError(error)}`
    this.#logger.error({ requestId, err: error }, message)
  }
}

/** An undeclared error becomes a 500 without details. */
function toHTTPError(thrown: unknown, declared: DeclaredErrors): HTTPError {
  if (!isHTTPError(thrown)) return new UnhandledError(thrown)
  if (thrown instanceof RequestError || thrown.status === 500) return thrown
  if (findByStatus(declared.byStatus, thrown.status) !== undefined || isDeclared(thrown, declared)) return thrown
  return new ContractError(
    `UNDECLARED_ERROR: ${declared.where}: ${thrown.name} with status ${thrown.status} was thrown, which is not declared. Add it to errors or responses.`,
    { cause: thrown },
  )
}

function isDeclared(error: HTTPError, { errors }: DeclaredErrors): boolean {
  return error instanceof DefinedError && errors.has(declarationOf(error))
}

function render(error: HTTPError, exchange: Exchange, declared: DeclaredErrors): MaybePromise<Reply> {
  const reply = new Reply(error.status)
  exchange.staged?.applyTo(reply)
  for (const [name, value] of Object.entries(error.headers)) reply.headers.set(name, value)
  const isNamed = error instanceof RequestError || isDeclared(error, declared)
  const promised = isNamed ? undefined : findByStatus(declared.byStatus, error.status)
  if (promised !== undefined) compileFields(promised)(reply, undefined, exchange.fields)
  else exchange.fields.assert(reply)
  const forms = findErrorForms(error.status, kindOf(error), isNamed, declared)
  if (error.status === 406 || forms.length > 1 || (promised !== undefined && isChosenByAccept(promised))) reply.headers.vary('Accept')
  if (isNullBodyStatus(error.status)) return reply
  const form = chooseErrorForm(forms, exchange)
  if (form.mediaType === undefined) reply.headers.delete('content-type')
  else reply.headers.set('content-type', form.mediaType)
  return after(form.render(reply, error, exchange), () => reply)
}

/** The classes of a value, nearest first; none for a value that cannot be inspected, such as a proxy that throws. */
function classesOf(thrown: unknown): readonly unknown[] {
  const classes: unknown[] = []
  try {
    let prototype: unknown = typeof thrown === 'object' ? thrown : null
    while (prototype !== null) {
      prototype = Object.getPrototypeOf(prototype) as unknown
      if (prototype !== null) classes.push((prototype as { constructor: unknown }).constructor)
    }
  } catch {
    return []
  }
  return classes
}
