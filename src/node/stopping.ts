/** Tells requests, and the code that started the server, that it begins to stop. */
import type { ServerResponse } from 'node:http'

export class Stopping {
  readonly #server = new AbortController()
  readonly #requests = new Set<AbortController>()

  get signal(): AbortSignal {
    return this.#server.signal
  }

  /** A separate signal for each request: listeners on the server's own signal would never be released. */
  signalFor(response: ServerResponse): AbortSignal {
    const controller = new AbortController()
    if (this.signal.aborted) controller.abort(this.signal.reason)
    else {
      this.#requests.add(controller)
      response.once('close', () => this.#requests.delete(controller))
    }
    return controller.signal
  }

  begin(reason: Error): void {
    for (const controller of this.#requests) controller.abort(reason)
    this.#requests.clear()
    this.#server.abort(reason)
  }
}
