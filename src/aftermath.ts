/** What follows the last byte of a response: the listeners of `onSent()`, clean-ups, and background tasks. */
import { describeError } from './errors/http-error.ts'
import type { Exchange } from './exchange.ts'
import type { Logger } from './log.ts'
import type { Cut, Reply } from './reply/reply.ts'

/** The work of all requests of an app after their last bytes. */
export class Aftermath {
  readonly #logger: Logger
  /** A count, not a `Set`: V8 keeps what the outgrown tables of a `Set` refer to, so each request would live until the next full collection. */
  #running = 0
  #drained: (() => void)[] = []

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** Adds what follows the last byte to the reply. */
  attach(reply: Reply, exchange: Exchange): Reply {
    exchange.sentListeners?.count(reply, exchange.incoming.method)
    reply.afterwards = this.#after(reply, exchange)
    return reply
  }

  /** Resolves when all work after last bytes has ended. */
  async drain(): Promise<void> {
    while (this.#running > 0) await new Promise<void>((resolve) => this.#drained.push(resolve))
  }

  #after({ status, afterwards }: Reply, exchange: Exchange): NonNullable<Reply['afterwards']> {
    // Read while the request is open, because some runtimes discard its headers afterwards.
    const { incoming, requestId, sentListeners } = exchange
    const report = (thrown: unknown) => this.#logger.error({ requestId, err: thrown }, `onSent: ${describeError(thrown)}`)
    return (cut) => {
      void afterwards?.(cut)
      sentListeners?.notify({ status, aborted: cut !== undefined || incoming.isAbandoned, error: cut?.error }, report)
      return cut === undefined && !exchange.hasAftermath ? undefined : this.#finish(exchange, requestId, cut)
    }
  }

  #finish(exchange: Exchange, requestId: string, cut: Cut | undefined): Promise<void> {
    const { incoming } = exchange
    const log = (error: unknown, when: string) => {
      if (exchange.isLeaving(error)) return
      this.#logger.error({ requestId, err: error }, `${incoming.method} ${incoming.path}: ${when}: ${describeError(error)}`)
    }
    if (cut !== undefined) log(cut.error, 'while the response was sent')
    this.#running += 1
    return exchange.finish((error) => log(error, 'after the response'), cut).then(this.#ended)
  }

  readonly #ended = (): void => {
    this.#running -= 1
    if (this.#running > 0) return
    const drained = this.#drained
    this.#drained = []
    for (const resolve of drained) resolve()
  }
}
