/** Errors that say only that the client is gone, such as that of a `fetch` that was given the request's signal. */

export function isLeaving(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted && (error === signal.reason || nameOf(error) === 'AbortError')
}

/** `undefined` where the error can't be read. */
function nameOf(error: unknown): unknown {
  try {
    return error instanceof Error ? error.name : undefined
  } catch {
    return undefined
  }
}
