/** Aborts a controller when a signal aborts. */

/**
 * Returns a function that removes the listener. Not `AbortSignal.any()`: Node never releases a dependent signal once it has a listener.
 */
export function forwardAbort(signal: AbortSignal, controller: AbortController): () => void {
  const forward = () => controller.abort(signal.reason)
  if (signal.aborted) forward()
  else signal.addEventListener('abort', forward)
  return () => signal.removeEventListener('abort', forward)
}
