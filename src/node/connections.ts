/** Time limits of connections: how long one stays open without a request (RFC 9112 §9.3, §9.8), and how long a client may read nothing of its response. */
import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { latestResponse } from './turns.ts'

/** How often a connection is checked within its time limit. */
const LOOKS = 8
/** The same for a connection without a request while the server stops. */
const LOOKS_WHILE_STOPPING = 4
const SHORTEST_INTERVAL_MS = 100
/** The time limit may be weeks, which is longer than a timer can wait. */
const LONGEST_INTERVAL_MS = 60_000

/** The state of a connection at the last check. */
interface Seen {
  bytesRead: number
  bytesWritten: number
  /** The number of consecutive checks at which nothing had arrived. */
  quiet: number
  /** The number of checks since its last response. */
  looks: number
}

/** The open connections. Closes idle ones, instead of the `keepAliveTimeout` of `node:http`, which starts and stops a timer with every request. */
export class Connections implements Iterable<Socket> {
  readonly #open = new Map<Socket, Seen>()
  readonly #headTimeoutMs: number
  #timer: NodeJS.Timeout | undefined = undefined

  constructor(server: Server, keepAliveTimeoutMs: number, headTimeoutMs: number) {
    this.#headTimeoutMs = headTimeoutMs
    server.on('connection', (socket) => {
      this.#open.set(socket, { bytesRead: 0, bytesWritten: 0, quiet: 0, looks: 0 })
      // Not `once`: its wrapper lives as long as the connection, so V8 would allocate all wrappers in the old space, also those of requests, and keep what
      // they refer to until a full collection: a POST cost 40 % more CPU after 50,000 requests (Node 20, bench/servers).
      socket.on('close', () => this.#open.delete(socket))
    })
    if (!(keepAliveTimeoutMs >= 0))
      throw new RangeError('KEEP_ALIVE_TIMEOUT: serve(): keepAliveTimeoutMs must be a number >= 0. Use Infinity to keep connections open.')
    server.once('close', () => clearInterval(this.#timer))
    if (keepAliveTimeoutMs === Infinity) return
    const intervalMs = Math.min(Math.max(keepAliveTimeoutMs / LOOKS, SHORTEST_INTERVAL_MS), LONGEST_INTERVAL_MS)
    server.once('listening', () => this.#look(intervalMs, keepAliveTimeoutMs / intervalMs, false))
  }

  [Symbol.iterator](): Iterator<Socket> {
    return this.#open.keys()
  }

  /** From now on, a connection without a request is closed after this time, also one that never sent a byte. */
  closeIdleAfter(ms: number): void {
    for (const seen of this.#open.values()) {
      seen.quiet = 0
      seen.looks = 0
    }
    this.#look(ms / LOOKS_WHILE_STOPPING, LOOKS_WHILE_STOPPING, true)
  }

  /** Checks all connections every `intervalMs`. A connection is closed after `most` consecutive checks without a request. */
  #look(intervalMs: number, most: number, isStopping: boolean): void {
    clearInterval(this.#timer)
    // Empty lines, which the parser skips, must not keep a connection open for longer than a head may take.
    const mostWithBytes = most + Math.ceil(this.#headTimeoutMs / intervalMs)
    this.#timer = setInterval(() => {
      for (const [socket, seen] of this.#open) {
        if (latestResponse(socket) !== undefined) {
          // The response may end right before the next check, so the time starts at that check.
          seen.quiet = -1
          seen.looks = -1
        } else if (socket.bytesRead > 0 || isStopping) {
          // Before the first byte of a connection, the time limit of a head counts.
          seen.quiet = socket.bytesRead === seen.bytesRead ? seen.quiet + 1 : 0
          seen.looks = socket.bytesWritten === seen.bytesWritten ? seen.looks + 1 : 0
          if (seen.quiet >= most || seen.looks >= mostWithBytes) socket.destroy()
        }
        seen.bytesRead = socket.bytesRead
        seen.bytesWritten = socket.bytesWritten
      }
    }, intervalMs).unref()
  }
}

/** The `Keep-Alive` field: a client that honours it never writes to a connection that is about to be closed. */
export function keepAliveField(keepAliveTimeoutMs: number): string | undefined {
  return keepAliveTimeoutMs === Infinity ? undefined : `timeout=${Math.floor(keepAliveTimeoutMs / 1_000)}`
}

const SHORTEST_WATCH_MS = 10
const LONGEST_WATCH_MS = 5_000

interface Watched {
  readonly ms: number
  readonly cut: () => void
  progress: number
  /** When the client last read something. */
  since: number
}

/** Disconnects clients that read nothing of their response. One timer for all responses: a timer for each would cost as much as a small response. */
class SlowClients {
  readonly #watched = new Map<ServerResponse, Watched>()
  #timer: NodeJS.Timeout | undefined = undefined
  #intervalMs = Infinity

  /** Calls `cut` when bytes are buffered and the client has read none for `ms`. Ends with `unwatch`. */
  watch(response: ServerResponse, ms: number, cut: () => void): void {
    if (ms === Infinity) return
    this.#watched.set(response, { ms, cut, progress: progressOf(response), since: performance.now() })
    const intervalMs = Math.min(Math.max(ms / LOOKS, SHORTEST_WATCH_MS), LONGEST_WATCH_MS)
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
