/** Timers that take any delay, and that need not keep the process alive. */

/** The longest delay of `setTimeout`, 24 days. With a longer one it fires at once. */
const LONGEST_MS = 2_147_483_647

/** As `setTimeout`. Returns `undefined` for a delay that no timer can wait, such as `Infinity`: `act` is then never called. */
export function startTimer(act: () => void, ms: number): ReturnType<typeof setTimeout> | undefined {
  return ms > LONGEST_MS ? undefined : setTimeout(act, ms)
}

/** Lets the process exit while the timer runs. Only timers of Node have `unref`. */
export function unref<Timer>(timer: Timer): Timer {
  ;(timer as { unref?: () => void } | undefined)?.unref?.()
  return timer
}
