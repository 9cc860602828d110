/** The open connections of a server, and how long one of them stays without a request (RFC 9112 §9.3, §9.8). */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { latestResponse } from './turns.ts'

/** So often within its time an idle connection is looked at. */
const LOOKS = 8
/** But not more often than this, and not more seldom: a timer can't wait for weeks. */
const SHORTEST_INTERVAL_MS = 100
const LONGEST_INTERVAL_MS = 60_000

/** How long nothing has happened on a connection. */
interface Idleness {
  bytesRead: number
  looks: number
}

export class Connections implements Iterable<Socket> {
  /** The `Keep-Alive` field of answers: clients that go by it never write to a connection that is about to be closed. */
  readonly keepAlive: string | undefined
  readonly #open = new Map<Socket, Idleness>()

  /** In the place of `keepAliveTimeout` of `node:http`, which starts and stops a timer with every request. */
  constructor(server: Server, keepAliveTimeoutMs: number) {
    server.on('connection', (socket) => {
      this.#open.set(socket, { bytesRead: 0, looks: 0 })
      socket.once('close', () => this.#open.delete(socket))
    })
    if (keepAliveTimeoutMs === Infinity) return
    this.keepAlive = `timeout=${Math.floor(keepAliveTimeoutMs / 1_000)}`
    const intervalMs = Math.min(Math.max(keepAliveTimeoutMs / LOOKS, SHORTEST_INTERVAL_MS), LONGEST_INTERVAL_MS)
    server.once('listening', () => {
      const looking = setInterval(() => this.#closeIdle(keepAliveTimeoutMs / intervalMs), intervalMs).unref()
      server.once('close', () => clearInterval(looking))
    })
  }

  [Symbol.iterator](): Iterator<Socket> {
    return this.#open.keys()
  }

  /** Not those over which nothing came yet: their time is that of a request's head. */
  #closeIdle(looks: number): void {
    for (const [socket, idleness] of this.#open) {
      const { bytesRead } = socket
      if (bytesRead !== idleness.bytesRead || bytesRead === 0 || latestResponse(socket) !== undefined) {
        idleness.bytesRead = bytesRead
        idleness.looks = 0
      } else if (++idleness.looks >= looks) socket.destroy()
    }
  }
}
