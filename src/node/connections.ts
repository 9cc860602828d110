/** The open connections of a server, and how long one of them stays without a request (RFC 9112 §9.3, §9.8). */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { latestResponse } from './turns.ts'

/** So often within its time an idle connection is looked at. */
const LOOKS = 8
/** But not more often than this, and not more seldom: a timer can't wait for weeks. */
const SHORTEST_INTERVAL_MS = 100
const LONGEST_INTERVAL_MS = 60_000

/** How often in a row nothing had happened on a connection. */
interface Idleness {
  bytesRead: number
  looks: number
}

/** In the place of `keepAliveTimeout` of `node:http`, which starts and stops a timer with every request. */
export class Connections implements Iterable<Socket> {
  readonly #open = new Map<Socket, Idleness>()

  constructor(server: Server, keepAliveTimeoutMs: number) {
    server.on('connection', (socket) => {
      this.#open.set(socket, { bytesRead: 0, looks: 0 })
      socket.once('close', () => this.#open.delete(socket))
    })
    if (!(keepAliveTimeoutMs >= 0))
      throw new RangeError('KEEP_ALIVE_TIMEOUT: serve(): keepAliveTimeoutMs must be a number >= 0. Use Infinity to keep connections open.')
    if (keepAliveTimeoutMs === Infinity) return
    const intervalMs = Math.min(Math.max(keepAliveTimeoutMs / LOOKS, SHORTEST_INTERVAL_MS), LONGEST_INTERVAL_MS)
    const most = keepAliveTimeoutMs / intervalMs
    server.once('listening', () => {
      const looking = setInterval(() => this.#closeIdle(most), intervalMs).unref()
      server.once('close', () => clearInterval(looking))
    })
  }

  [Symbol.iterator](): Iterator<Socket> {
    return this.#open.keys()
  }

  /** Not those over which nothing came yet: their time is that of a request's head. */
  #closeIdle(most: number): void {
    for (const [socket, idleness] of this.#open) {
      const { bytesRead } = socket
      // An answer may end right before the next look, which is then the first of its time, not the end of an interval.
      if (latestResponse(socket) !== undefined) idleness.looks = -1
      else if (bytesRead !== idleness.bytesRead || bytesRead === 0) idleness.looks = 0
      else if (++idleness.looks >= most) socket.destroy()
      idleness.bytesRead = bytesRead
    }
  }
}

/** The `Keep-Alive` field: clients that go by it never write to a connection that is about to be closed. */
export function keepAliveField(keepAliveTimeoutMs: number): string | undefined {
  return keepAliveTimeoutMs === Infinity ? undefined : `timeout=${Math.floor(keepAliveTimeoutMs / 1_000)}`
}
