/** Aborts a controller when a signal aborts. */

/**
 * The function that is returned ends the listening. Not `AbortSignal.any()`: Node never releases a signal that depends on others once something
 * listens to it.
 */
export function forwardAbort(signal: AbortSignal, controller: AbortController): () => void {
  const forward = () => controller.abort(signal.reason)
  if (signal.aborted) forward()
  else signal.addEventListener('abort', forward)
  return () => signal.removeEventListener('abort', forward)
}
