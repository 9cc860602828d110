/** The end of a server: what is being answered is answered, what has no end is asked to end, and the time for it is limited. */
import type { Server } from 'node:http'
import type { Connections } from './connections.ts'
import type { Answerer } from './handler.ts'
import type { Shutdown } from './shutdown.ts'

export interface Stopping {
  readonly app: Answerer
  readonly connections: Connections
  readonly shutdown: Shutdown
  readonly timeoutMs: number
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

async function end(server: Server, { app, connections, shutdown, timeoutMs }: Stopping): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  shutdown.begin()
  // A connection whose head promised to keep it may see its answer end only now.
  server.keepAliveTimeout = 1
  // A connection over which nothing came yet is not idle for `node:http`.
  for (const socket of connections) if (socket.bytesRead === 0) socket.destroy()
  const ended = closed
    .then(() => shutdown.settled())
    .then(() => app.drain())
    .then(() => true)
  const deadline = startTimer(timeoutMs)
  if (await Promise.race([ended, deadline.passed.then(() => false)])) return deadline.cancel()
  app.logger.warn({}, `STOP_TIMEOUT: serve: answers or background tasks did not end within ${timeoutMs} ms. What is left was cut off.`)
  shutdown.end()
  server.closeAllConnections()
  await closed
}

function startTimer(ms: number): { passed: Promise<void>; cancel: () => void } {
  let cancel!: () => void
  const passed = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    cancel = () => clearTimeout(timer)
  })
  return { passed, cancel }
}
