/** Disconnects clients that read nothing of their response for a time limit, for any kind of body. */
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** How often a client is checked within its time limit. */
const LOOKS = 8
const SHORTEST_INTERVAL_MS = 10
const LONGEST_INTERVAL_MS = 5_000

interface Watched {
  readonly ms: number
  readonly cut: () => void
  progress: number
  /** When the client last read something. */
  since: number
}

/** One timer for all responses: a timer for each would cost as much as a small response. */
class SlowClients {
  readonly #watched = new Map<ServerResponse, Watched>()
  #timer: NodeJS.Timeout | undefined = undefined
  #intervalMs = Infinity

  /** Calls `cut` when bytes are buffered and the client has read none for `ms`. Ends with `unwatch`. */
  watch(response: ServerResponse, ms: number, cut: () => void): void {
    if (ms === Infinity) return
    this.#watched.set(response, { ms, cut, progress: progressOf(response), since: performance.now() })
    const intervalMs = Math.min(Math.max(ms / LOOKS, SHORTEST_INTERVAL_MS), LONGEST_INTERVAL_MS)
    if (intervalMs >= this.#intervalMs) return
    this.#intervalMs = intervalMs
    clearInterval(this.#timer)
    this.#timer = setInterval(() => this.#look(), intervalMs).unref()
  }

  unwatch(response: ServerResponse): void {
    this.#watched.delete(response)
  }

  #look(): void {
    const now = performance.now()
    for (const [response, watched] of this.#watched) {
      const progress = progressOf(response)
      if (response.writableLength === 0 || progress !== watched.progress) watched.since = now
      else if (now - watched.since >= watched.ms) {
        this.#watched.delete(response)
        watched.cut()
      }
      watched.progress = progress
    }
    if (this.#watched.size > 0) return
    clearInterval(this.#timer)
    this.#intervalMs = Infinity
  }
}

export const slowClients = new SlowClients()

/** The number of bytes of the current write that the operating system has not accepted yet. `node:net` checks the same before it reports a timeout. */
interface Handle {
  readonly writeQueueSize?: number
}

/** A number that changes when the client reads something, but not when more is written. */
function progressOf({ req: { socket } }: ServerResponse): number {
  const { bytesWritten, writableLength, _handle: handle } = socket as Socket & { _handle?: Handle | null }
  return bytesWritten - writableLength - (handle?.writeQueueSize ?? 0)
}
