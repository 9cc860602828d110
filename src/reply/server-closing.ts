/** Why a body without end is asked to end: the reason that its signal aborts with when the server stops. */

export class ServerClosing extends Error {
  constructor() {
    super('the server stops')
    this.name = 'ServerClosing'
  }
}
