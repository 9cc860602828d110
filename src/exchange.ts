/** The internal state of one request, from its start to its last clean-up. Functions of users never see it. */
import { Context, RequestParts } from './context.ts'
import type { AddedFields } from './contract/fields.ts'
import type { ResponseExchange } from './contract/compile.ts'
import type { DeclaredErrors } from './contract/errors.ts'
import type { MatchedRoute } from './contract/handler.ts'
import { release, releaseWith, type DependencyHolder, type Resource } from './dependency.ts'
import type { MaybePromise } from './maybe-promise.ts'
import { isLeaving } from './reply/stream-ending.ts'
import { isSource, type Cut, type Reply, discard, endAfter } from './reply/reply.ts'
import { NO_INPUTS, type PathParams, type Reading } from './request/input.ts'

/** What the exchange needs from the matched route. */
interface Entered {
  readonly compiled: DeclaredErrors & { readonly bodyLimitBytes: number }
  readonly fields: AddedFields
  readonly matched: MatchedRoute
}

/** Replaced before a dependency runs. */
const NO_VALUES: unknown[] = []

export class Exchange extends RequestParts implements ResponseExchange, DependencyHolder {
  /** The route that matched. */
  entered: DeclaredErrors | undefined = undefined
  /** The error if no route matched. */
  miss: unknown = undefined
  /** The errors that the matched route declares, and those of the layer that is responding with an error. */
  declaredErrors: DeclaredErrors | undefined = undefined
  /** True from the first step of the route until its reply exists. */
  isRunning = false
  pathParams: PathParams = {}
  /** `undefined` if the route reads no text inputs. */
  reading: Reading | undefined = undefined
  body: unknown = undefined
  /** The values of the route's dependencies, by the names under which its handler finds them. */
  values: Readonly<Record<string, unknown>> | undefined = undefined
  dependencyValues: unknown[] = NO_VALUES
  hasReadScopes = false
  /** The `beforeHandler` functions of layers. The first reply that one returns replaces the handler's. */
  beforeHandler: (() => MaybePromise<Reply | undefined>) | undefined = undefined
  #resources: Resource[] | undefined = undefined
  /** The status of the route's reply. */
  #status = 0
  #context: Context | undefined = undefined
  #givenUp: { readonly reason: unknown; readonly ended: Promise<void> } | undefined = undefined

  /** The context for middleware and error handlers. */
  get context(): Context {
    return (this.#context ??= new Context(this))
  }

  enter({ compiled, fields, matched }: Entered, params: PathParams): void {
    this.entered = compiled
    this.fields = fields
    this.declaredErrors = compiled
    this.matched = matched
    this.bodyLimitBytes = compiled.bodyLimitBytes
    this.pathParams = params
  }

  /** Throws the reason if a layer has already replied, so that no further step starts. */
  assertWanted(): void {
    if (this.#givenUp !== undefined) throw this.#givenUp.reason
  }

  /** Called when a layer has replied without waiting for the inner layers. `ended` resolves when these have ended too. */
  giveUp(ended: Promise<void>, reason: unknown = new DOMException('A middleware has already responded', 'AbortError')): void {
    this.#givenUp = { reason, ended }
    this.tasks = undefined
    this.staged?.abandon()
  }

  /** Whether the error only says that a layer has already replied. */
  isGivenUp(error: unknown): boolean {
    return this.#givenUp !== undefined && error === this.#givenUp.reason
  }

  /** The context for the handler. */
  get handlerContext(): Context {
    const context = new Context(this, this.reading?.route ?? { ...NO_INPUTS, params: this.pathParams })
    context.body = this.body
    return this.values === undefined ? context : Object.assign(context, this.values)
  }

  /** The context for a dependency, with its own inputs. Throws a `RequestError` 422 if these are wrong. */
  contextOf(place: number, needed: Readonly<Record<string, unknown>>): Context {
    const inputs = this.reading?.dependencies[place]
    if (inputs?.isWrong === true) throw this.reading!.problems!.toError()
    return Object.assign(new Context(this, inputs), needed)
  }

  /** Holds a resource until it is released. Resources are released in reverse order. */
  hold(resource: Resource): void {
    ;(this.#resources ??= []).push(resource)
  }

  /** Releases the resources of scope `handler`, and lets the end of a streamed body release those of scope `response`. */
  releaseThen(reply: Reply): MaybePromise<Reply> {
    if (this.#givenUp !== undefined) discard(reply)
    this.assertWanted()
    this.isRunning = false
    const resources = this.#resources
    if (resources === undefined) return reply
    const { status } = reply
    this.#status = status
    return release(resources, 'handler', { status }).then(
      () => {
        if (isSource(reply.body) && resources.length > 0)
          reply.body = endAfter(reply.body, () => release(resources, 'response', { status }))
        return reply
      },
      (error: unknown) => {
        discard(reply)
        throw error
      },
    )
  }

  /**
   * Throws `error` into each open dependency generator, last opened first, then discards staged headers and background tasks, then calls
   * `toReply` with the resulting error.
   */
  abandon(error: unknown, toReply: (thrown: unknown) => MaybePromise<Reply>): MaybePromise<Reply> {
    // A running handler may still use the resources of its dependencies.
    const resources = this.isRunning ? [] : (this.#resources ?? [])
    const leave = (thrown: unknown) => {
      this.tasks = undefined
      this.staged?.abandon()
      return toReply(thrown)
    }
    return resources.length === 0 ? leave(error) : releaseWith(resources, error).then(({ thrown }) => leave(thrown))
  }

  /** Whether the error says only that the client is gone, such as a `fetch` that was given the request's signal. */
  isLeaving(error: unknown): boolean {
    // A layer reports the error that it threw while the handler runs; the handler ends with the same error later.
    if (this.isRunning) return false
    return this.isGivenUp(error) || isLeaving(error, this.signal)
  }

  /** Whether anything follows the last byte of the reply. */
  isFollowed({ body }: Reply): boolean {
    return this.hasAftermath || this.sentListeners !== undefined || isSource(body)
  }

  /** Whether clean-ups or background tasks remain after the last byte. */
  get hasAftermath(): boolean {
    return this.tasks !== undefined || this.#resources !== undefined || this.#givenUp !== undefined
  }

  /**
   * What comes after the last byte: clean-ups that are held until then, which receive the error that cut the body short, then background tasks.
   * Never rejects.
   */
  async finish(report: (error: unknown) => void, cut?: Cut): Promise<void> {
    await this.#givenUp?.ended
    const resources = this.#resources ?? []
    const released = cut === undefined ? release(resources, 'response', { status: this.#status }) : Promise.reject(cut.error)
    await released.catch(async (error: unknown) => {
      const { thrown } = await releaseWith(resources, error)
      if (cut === undefined || thrown !== cut.error) report(thrown)
    })
    await this.tasks?.run(report)
  }
}
