/** The signals that ask a process to end. */
import cluster from 'node:cluster'
import { constants } from 'node:os'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** The first signal stops the server, a second one ends the process at once. Work that still runs when the time is over ends with the process. */
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
    // The channel to its primary process would keep a worker of a cluster alive.
    if (cluster.worker?.isConnected() === true) cluster.worker.disconnect()
    // A timer that keeps no process alive: it fires only where something else does, such as a pool of connections.
    setTimeout(() => process.exit(), deadline - performance.now()).unref()
  })
}
