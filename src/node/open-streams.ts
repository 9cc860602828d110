/** Tells the requests of a server that it stops: their signals abort, and the streams that it is writing end. */
import type { Cut, Source } from '../reply/reply.ts'
import { ServerClosing } from '../reply/stream-ending.ts'
import type { NodeIncoming } from './incoming.ts'
import { writeSource } from './write-source.ts'

interface OpenSource {
  readonly incoming: NodeIncoming
  readonly isEndless: boolean
  readonly written: Promise<unknown>
}

export class OpenStreams {
  readonly stopping = new Stopping()
  readonly #open = new Set<OpenSource>()
  #reason: ServerClosing | undefined = undefined

  get hasBegun(): boolean {
    return this.#reason !== undefined
  }

  /** As `writeSource`. An endless source is asked to end when the server stops. */
  write(source: Source, incoming: NodeIncoming): Promise<Cut | undefined> {
    const isEndless = source.endless === true
    if (this.#reason !== undefined && isEndless) incoming.abort(this.#reason)
    const written = writeSource(source, incoming)
    const open: OpenSource = { incoming, isEndless, written }
    this.#open.add(open)
    return written.then((cut) => {
      this.#open.delete(open)
      return cut
    })
  }

  begin(): void {
    if (this.#reason !== undefined) return
    this.#reason = new ServerClosing()
    this.stopping.begin(this.#reason)
    for (const { incoming, isEndless } of this.#open) if (isEndless) incoming.abort(this.#reason)
  }

  /** Ends the finite sources too: their connections will be closed next. */
  end(): void {
    const reason = this.#reason ?? new ServerClosing()
    for (const { incoming, isEndless } of this.#open) if (!isEndless) incoming.abort(reason)
  }

  /** Resolves when every producer has ended, clean-up included. */
  async settled(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(Array.from(this.#open, ({ written }) => written))
  }
}

/** Tells requests, and the code that started the server, that it begins to stop. */
class Stopping {
  readonly #server = new AbortController()
  readonly #requests = new Set<AbortController>()

  get signal(): AbortSignal {
    return this.#server.signal
  }

  /** A separate controller for each request: listeners on the server's own signal would never be released. The stop of the server aborts it, unless `forget` was called before. */
  track(): AbortController {
    const controller = new AbortController()
    if (this.signal.aborted) controller.abort(this.signal.reason)
    else this.#requests.add(controller)
    return controller
  }

  forget(controller: AbortController): void {
    this.#requests.delete(controller)
  }

  begin(reason: Error): void {
    for (const controller of this.#requests) controller.abort(reason)
    this.#requests.clear()
    this.#server.abort(reason)
  }
}
