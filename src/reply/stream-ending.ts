/** Why a stream is asked to end while its client is still there, and which errors say only that the client is gone. */

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
