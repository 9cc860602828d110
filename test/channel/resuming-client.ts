/** A client of an event stream with numbered messages. It connects again after each cut and checks that it sees each number once and in order. */
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { get, type IncomingMessage } from 'node:http'

export interface ClientOptions {
  readonly path: string
  /** Where to connect now. */
  readonly port: () => number
  /** Called for each message; `true` cuts the connection. */
  readonly isCut: () => boolean
  /** What it waits for before it connects again. */
  readonly pause: () => Promise<unknown>
}

export class ResumingClient {
  /** The number of the next message. `undefined` until the stream said where it begins. */
  next: number | undefined = undefined
  /** Gaps that it was told of, and the messages in them. */
  gaps = 0
  lost = 0
  cuts = 0
  /** What must not happen. */
  readonly faults: string[] = []
  #lastEventId: string | undefined = undefined
  #isInGap = false
  readonly #options: ClientOptions
  #isEnded = false
  #response: IncomingMessage | undefined = undefined

  constructor(options: ClientOptions) {
    this.#options = options
  }

  end(): void {
    this.#isEnded = true
    this.#response?.destroy()
  }

  /** Connects until `end()`. */
  async run(): Promise<void> {
    while (!this.#isEnded) {
      await this.#connect().catch(() => undefined)
      this.cuts++
      if (!this.#isEnded) await this.#options.pause()
    }
  }

  async #connect(): Promise<void> {
    const headers = this.#lastEventId === undefined ? {} : { 'last-event-id': this.#lastEventId }
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get({ host: '127.0.0.1', port: this.#options.port(), path: this.#options.path, headers, agent: false }, resolve).once('error', reject)
    })
    this.#response = response
    if (this.#isEnded) response.destroy()
    const parser = createParser({ onEvent: (event) => this.#take(event, response) })
    response.setEncoding('utf8')
    for await (const text of response) parser.feed(text as string)
  }

  #take({ event, id, data }: EventSourceMessage, response: IncomingMessage): void {
    // What arrived before the client cut the connection is not read any more.
    if (response.destroyed) return
    if (id !== undefined) this.#lastEventId = id
    if (event === 'position') this.next ??= 0
    else if (event === 'gap') {
      this.gaps++
      this.#isInGap = true
    } else {
      this.#count((JSON.parse(data) as { n: number }).n)
      if (this.#options.isCut()) response.destroy()
    }
  }

  #count(n: number): void {
    const expected = this.next ?? 0
    if (this.#isInGap && n >= expected) this.lost += n - expected
    else if (n !== expected) this.faults.push(`expected ${expected}, got ${n}`)
    this.#isInGap = false
    this.next = n + 1
  }
}
