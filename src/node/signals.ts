/** The signals that ask a process to end. */
import { constants } from 'node:os'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** The first one stops, a second one ends the process at once. What still runs when the time to stop is over ends with the process. */
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
    // A timer that keeps no process alive: it fires only where something else does, such as a pool of connections.
    if (deadline !== undefined) setTimeout(() => process.exit(), deadline - performance.now()).unref()
  })
}
