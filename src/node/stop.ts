/** Stops a server: waits for open requests, asks endless streams to end, and closes all connections after a time limit. */
import type { Server } from 'node:http'
import { Server as NetServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { Connections } from './connections.ts'
import type { Answerer } from './handler.ts'
import { cut } from './cut.ts'
import type { OpenStreams } from './open-streams.ts'
import { latestResponse } from './turns.ts'

/** How long each part of stopping takes, in milliseconds. */
export interface StopTimes {
  /** While the server still listens. */
  readonly delayMs: number
  /** How long a connection without a request stays open. */
  readonly idleMs: number
  /** The time limit for everything after the delay. */
  readonly timeoutMs: number
}

export interface Stopping {
  readonly app: Answerer
  readonly connections: Connections
  readonly streams: OpenStreams
  readonly times: StopTimes
}

export function createStop(server: Server, stopping: Stopping): { stop: () => Promise<void>; stopped: Promise<void> } {
  let stop!: () => void
  const begun = new Promise<void>((resolve) => {
    stop = resolve
  })
  const stopped = begun.then(() => end(server, stopping))
  return {
    stop: () => {
      stop()
      return stopped
    },
    stopped,
  }
}

async function end(server: Server, { app, connections, streams, times }: Stopping): Promise<void> {
  streams.begin()
  if (times.delayMs > 0) await wait(times.delayMs)
  const closed = stopListening(server)
  connections.closeIdleAfter(times.idleMs)
  const ended = closed
    .then(() => streams.settled())
    .then(() => app.drain())
    .then(() => true)
  const deadline = startTimer(times.timeoutMs)
  if (await Promise.race([ended, deadline.passed.then(() => false)])) return deadline.cancel()
  app.logger.warn(
    {},
    `STOP_TIMEOUT: serve: responses or background tasks did not end within ${times.timeoutMs} ms. The server closed the remaining connections.`,
  )
  streams.end()
  for (const socket of connections) cut(socket, latestResponse(socket)?.req)
  await closed
}

/** Resolves when the last connection has closed. */
async function stopListening(server: Server): Promise<void> {
  // `close()` of `node:http` destroys idle connections at once, and with them requests that are on their way.
  await new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()))
  // Ends the timer of `node:http` that checks time limits.
  server.close()
}

function startTimer(ms: number): { passed: Promise<void>; cancel: () => void } {
  let cancel!: () => void
  const passed = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    cancel = () => clearTimeout(timer)
  })
  return { passed, cancel }
}
