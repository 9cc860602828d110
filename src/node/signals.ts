/** Stops the server on the signals SIGTERM and SIGINT. */
import { constants } from 'node:os'

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
    setTimeout(() => process.exit(), deadline - performance.now()).unref()
  })
}

/** In a cluster, the channel to the primary process would keep the worker alive. */
async function leaveCluster(): Promise<void> {
  const { default: cluster } = await import('node:cluster')
  if (cluster.worker?.isConnected() === true) cluster.worker.disconnect()
}
