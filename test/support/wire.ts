/** A bare connection: sends exactly what it is told, and shows every byte that comes back. */
import { connect, type Socket } from 'node:net'

export class Wire {
  readonly socket: Socket
  /** All bytes that have arrived so far, as Latin-1. */
  received = ''
  /** How the other side ended: `end` in order, otherwise by the error's code. Never rejects. */
  readonly ended: Promise<string>
  #awake: () => void = () => {}

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    this.socket.setNoDelay(true)
    this.ended = new Promise((resolve) => {
      this.socket.once('end', () => resolve('end'))
      this.socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
      this.socket.once('close', () => resolve('closed'))
    })
    this.socket.on('data', (data: Buffer) => {
      this.received += data.toString('latin1')
      this.#awake()
    })
    void this.ended.then(() => this.#awake())
  }

  send(text: string): this {
    this.socket.write(text, 'latin1')
    return this
  }

  /** Resolves with all that has arrived, once `text` is in it `times` times. Rejects when the connection ends before. */
  async until(text: string, times = 1): Promise<string> {
    let ended: string | undefined
    void this.ended.then((how) => {
      ended = how
    })
    while (this.received.split(text).length <= times) {
      if (ended !== undefined) throw new Error(`the connection ended (${ended}) after ${JSON.stringify(this.received)}`)
      await new Promise<void>((resolve) => {
        this.#awake = resolve
      })
    }
    return this.received
  }

  /** Resolves with all that has arrived, when the other side has ended. */
  async whole(): Promise<string> {
    await this.ended
    return this.received
  }

  /** Stops reading: what the other side sends piles up on its way. */
  stall(): this {
    this.socket.pause()
    return this
  }

  leave(): void {
    this.socket.destroy()
  }

  [Symbol.dispose](): void {
    this.leave()
  }
}

/** Head fields of a response in the order of arrival, names in lower case. */
export function fieldsOf(response: string): Map<string, string> {
  const head = response.slice(0, response.indexOf('\r\n\r\n')).split('\r\n').slice(1)
  return new Map(head.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]))
}
