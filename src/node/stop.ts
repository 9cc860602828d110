/** Stops a server, also on SIGTERM and SIGINT: waits for open requests, asks endless streams to end, and closes all connections after a time limit. */
import type { Server } from 'node:http'
import { Server as NetServer } from 'node:net'
import { constants } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import type { Connections } from './connections.ts'
import type { ServedApp } from './handler.ts'
import { cut } from './close.ts'
import type { OpenStreams } from './open-streams.ts'
import { startTimer, unref } from '../reply/timer.ts'
import { latestResponse } from './turns.ts'

/** How long each part of stopping takes, in milliseconds. */
interface StopTimes {
  /** While the server still listens. */
  readonly delayMs: number
  /** How long a connection without a request stays open. */
  readonly idleMs: number
  /** The time limit for everything after the delay. */
  readonly timeoutMs: number
}

interface StoppedParts {
  readonly app: ServedApp
  readonly connections: Connections
  readonly streams: OpenStreams
  readonly times: StopTimes
}

export function createStop(server: Server, parts: StoppedParts): { stop: () => Promise<void>; stopped: Promise<void> } {
  let stop!: () => void
  const begun = new Promise<void>((resolve) => {
    stop = resolve
  })
  const stopped = begun.then(() => end(server, parts))
  return {
    stop: () => {
      stop()
      return stopped
    },
    stopped,
  }
}

async function end(server: Server, { app, connections, streams, times }: StoppedParts): Promise<void> {
  streams.begin()
  if (times.delayMs > 0) await wait(times.delayMs)
  const closed = stopListening(server)
  connections.closeIdleAfter(times.idleMs)
  const ended = closed
    .then(() => streams.settled())
    .then(() => app.drain())
    .then(() => true)
  const deadline = startDeadline(times.timeoutMs)
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

function startDeadline(ms: number): { passed: Promise<void>; cancel: () => void } {
  let cancel!: () => void
  const passed = new Promise<void>((resolve) => {
    const timer = startTimer(resolve, ms)
    cancel = () => clearTimeout(timer)
  })
  return { passed, cancel }
}

/** The signal may outlive the server, so no listener stays. */
export function stopOnAbort(stop: () => Promise<void>, stopped: Promise<void>, signal: AbortSignal): void {
  const onAbort = () => void stop()
  signal.addEventListener('abort', onAbort)
  void stopped.then(() => signal.removeEventListener('abort', onAbort))
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** The first signal stops the server, a second one ends the process at once. The process also ends when `timeoutMs` is over, even if work is still running. */
export function stopOnSignals(stop: () => Promise<void>, stopped: Promise<void>, timeoutMs: number): void {
  let deadline: number | undefined
  const onSignal = (signal: NodeJS.Signals) => {
    if (deadline !== undefined) process.exit(128 + constants.signals[signal])
    deadline = performance.now() + timeoutMs
    void stop()
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  void stopped.then(() => {
    for (const signal of SIGNALS) process.off(signal, onSignal)
    if (deadline === undefined) return
    if (process.connected) void leaveCluster()
    // The timer itself does not keep the process alive. It fires only if something else does, such as a connection pool.
    unref(startTimer(() => process.exit(), deadline - performance.now()))
  })
}

/** In a cluster, the channel to the primary process would keep the worker alive. */
async function leaveCluster(): Promise<void> {
  const { default: cluster } = await import('node:cluster')
  if (cluster.worker?.isConnected() === true) cluster.worker.disconnect()
}
