/** What a handler sees of one request. Whatever costs something is made when it is first read. */
import { Background } from './background.ts'
import type { ResponseExchange } from './contract/compile.ts'
import type { AnyDependency } from './contract/dependency.ts'
import type { BaseContext } from './contract/handler.ts'
import { reply } from './contract/result.ts'
import { release, releaseWith, type DependencyHolder, type Resource } from './dependency.ts'
import type { DeclaredErrors } from './contract/errors.ts'
import type { AnyErrorClass } from './errors/define-error.ts'
import type { Incoming } from './http/incoming.ts'
import { parseLastEventId } from './http/event-stream.ts'
import type { MaybePromise } from './maybe-promise.ts'
import type { Reply } from './reply/reply.ts'
import { discard } from './reply/source.ts'
import { StagedResponse } from './reply/staged.ts'
import type { Inputs, InputTarget } from './request/input.ts'

/** A client's own id is taken over where it is harmless in a header and a log line. */
const REQUEST_ID = /^[\w.:-]{1,128}$/

const fail = (error: AnyErrorClass, data: unknown, options?: ErrorOptions) => new error(data, options)

/** Parts that most requests never ask for. */
interface Parts {
  staged?: StagedResponse
  background?: Background
  requestId?: string
  request?: Request
  resources?: Resource[]
}

export class Context implements BaseContext, ResponseExchange, DependencyHolder, InputTarget {
  readonly incoming: Incoming
  readonly reply = reply
  readonly fail = fail
  params: unknown = undefined
  query: unknown = undefined
  headers: unknown = undefined
  cookies: unknown = undefined
  body: unknown = undefined
  /** Makes the events of an `sse()` route. */
  event: unknown = undefined
  /** What the route that was found declares of errors. */
  declaredErrors: DeclaredErrors | undefined = undefined
  dependencyInputs: ReadonlyMap<AnyDependency, Inputs> | undefined = undefined
  /** One object for the context and the views of it that dependencies get: what one stages, all see. */
  readonly parts: Parts = {}

  constructor(incoming: Incoming) {
    this.incoming = incoming
  }

  get method(): string {
    return this.incoming.method
  }

  get path(): string {
    return this.incoming.path
  }

  get signal(): AbortSignal {
    return this.incoming.signal
  }

  get request(): Request {
    return (this.parts.request ??= this.incoming.toRequest())
  }

  get requestId(): string {
    return (this.parts.requestId ??= requestIdOf(this.incoming))
  }

  get response(): StagedResponse {
    return (this.parts.staged ??= new StagedResponse())
  }

  get staged(): StagedResponse | undefined {
    return this.parts.staged
  }

  get background(): Background {
    return (this.parts.background ??= new Background())
  }

  get lastEventId(): string | undefined {
    return parseLastEventId(this.incoming.header('last-event-id'))
  }

  /** Generators of dependencies, in the order in which they were opened. */
  get resources(): Resource[] {
    return (this.parts.resources ??= [])
  }

  /** The context as a dependency sees it: with its own inputs, and under their names what it uses. */
  viewOf(dependency: AnyDependency, values: Readonly<Record<string, unknown>>): unknown {
    return Object.assign(Object.create(this), { body: undefined, ...this.dependencyInputs?.get(dependency) }, values)
  }

  /** Runs the clean-ups that come after the handler, and hands the reply on. */
  releaseThen(reply: Reply): MaybePromise<Reply> {
    const { resources } = this.parts
    if (resources === undefined) return reply
    return release(resources, 'handler').then(
      () => reply,
      (error: unknown) => {
        discard(reply)
        throw error
      },
    )
  }

  /** Throws the error into what is still open, and drops what was meant for an answer that will not be. `answer` takes the error that counts. */
  abandon(error: unknown, answer: (thrown: unknown) => MaybePromise<Reply>): MaybePromise<Reply> {
    const { resources = [] } = this.parts
    const answerNow = (thrown: unknown) => {
      delete this.parts.background
      this.parts.staged?.abandon()
      return answer(thrown)
    }
    return resources.length === 0 ? answerNow(error) : releaseWith(resources, error).then(({ thrown }) => answerNow(thrown))
  }

  /** Is there anything to do after the last byte? */
  get hasAftermath(): boolean {
    return this.parts.background !== undefined || this.parts.resources !== undefined
  }

  /** What comes after the last byte: clean-ups that held until then, which hear of what cut the answer short, then background tasks. Never rejects. */
  async finish(report: (error: unknown) => void, cut?: unknown): Promise<void> {
    const { resources = [] } = this.parts
    const released = cut === undefined ? release(resources, 'response') : Promise.reject(cut)
    await released.catch(async (error: unknown) => {
      const { thrown } = await releaseWith(resources, error)
      if (thrown !== cut) report(thrown)
    })
    await this.parts.background?.run(report)
  }
}

function requestIdOf(incoming: Incoming): string {
  const given = incoming.header('x-request-id')
  return given !== undefined && REQUEST_ID.test(given) ? given : crypto.randomUUID()
}
