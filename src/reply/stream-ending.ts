/** Reasons to end a stream while its client is still connected, and which errors only mean that the client has disconnected. */

export class StreamEnding extends Error {}

export class ServerClosing extends StreamEnding {
  constructor() {
    super('the server stops')
    this.name = 'ServerClosing'
  }
}

export class StreamTooOld extends StreamEnding {
  constructor() {
    super('the stream has reached its maxAgeMs')
    this.name = 'StreamTooOld'
  }
}

export function isLeaving(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted && (error === signal.reason || nameOf(error) === 'AbortError')
}

/** `undefined` if the error can't be read. */
function nameOf(error: unknown): unknown {
  try {
    return error instanceof Error ? error.name : undefined
  } catch {
    return undefined
  }
}
