/** What a server still writes, and what it says to it when it stops. */
import type { Source } from '../reply/reply.ts'
import { ServerClosing } from '../reply/server-closing.ts'
import type { NodeIncoming } from './incoming.ts'
import { writeSource } from './write-source.ts'

interface OpenSource {
  readonly incoming: NodeIncoming
  readonly isEndless: boolean
}

export class Shutdown {
  readonly #open = new Map<OpenSource, Promise<unknown>>()
  #reason: ServerClosing | undefined = undefined

  get hasBegun(): boolean {
    return this.#reason !== undefined
  }

  /** As `writeSource`. A source that has no end of its own is asked to end when the server stops. */
  async write(source: Source, incoming: NodeIncoming): Promise<unknown> {
    const open: OpenSource = { incoming, isEndless: source.endless === true }
    if (this.#reason !== undefined && open.isEndless) incoming.abort(this.#reason)
    const written = writeSource(source, incoming)
    this.#open.set(open, written)
    const error = await written
    this.#open.delete(open)
    // The head did not say yet that this would be the connection's last answer.
    if (this.hasBegun) incoming.message.socket.destroySoon()
    return error
  }

  begin(): void {
    this.#reason = new ServerClosing()
    for (const { incoming, isEndless } of this.#open.keys()) if (isEndless) incoming.abort(this.#reason)
  }

  /** Tells the others too: their connections are about to be cut. */
  end(): void {
    const reason = this.#reason ?? new ServerClosing()
    for (const { incoming, isEndless } of this.#open.keys()) if (!isEndless) incoming.abort(reason)
  }

  /** Resolves when every producer has ended, clean-up included. */
  async settled(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open.values())
  }
}
