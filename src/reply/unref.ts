/** Timers that keep no process alive by themselves. Only Node's know how. */

export function unref<Timer>(timer: Timer): Timer {
  ;(timer as { unref?: () => void }).unref?.()
  return timer
}
