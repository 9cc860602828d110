/** Clients that take nothing of their answer are cut off in their time, whatever the answer is made of. */
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** How often within its time a client is looked at. */
const LOOKS = 8
const SHORTEST_INTERVAL_MS = 10
const LONGEST_INTERVAL_MS = 5_000

interface Watched {
  readonly ms: number
  readonly cut: () => void
  progress: number
  /** When the client took something last. */
  since: number
}

/** One timer for all answers: a timer for each would cost as much as a small answer. */
class SlowClients {
  readonly #watched = new Map<ServerResponse, Watched>()
  #timer: NodeJS.Timeout | undefined = undefined
  #intervalMs = Infinity

  /** Calls `cut` when bytes have waited for `ms` without any of them being taken. Ends with `unwatch`. */
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

/** What the platform has not taken yet of the write that is under way. `node:net` asks the same before it reports a timeout. */
interface Handle {
  readonly writeQueueSize?: number
}

/** A number that changes when the client takes something, and not when more is written. */
function progressOf({ req: { socket } }: ServerResponse): number {
  const { bytesWritten, writableLength, _handle: handle } = socket as Socket & { _handle?: Handle | null }
  return bytesWritten - writableLength - (handle?.writeQueueSize ?? 0)
}
