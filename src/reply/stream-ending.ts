/** Why a stream is asked to end while its client is still there: the reason with which its signal aborts. */

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
