/** The body of server-sent events, with heartbeats while there are no events, and a last `retry` when the server stops. */
import { formatEvent } from '../http/event-stream.ts'
import { endWithin, FINALLY_GRACE_MS, isLeaving, ServerClosing, StreamTooOld } from '../reply/stream-ending.ts'
import type { Chunk, Cut, Source } from '../reply/reply.ts'
import type { Items } from '../reply/sequence.ts'
import type { SlowClientLimit } from '../reply/slow-client.ts'
import { startTimer } from '../reply/timer.ts'
import { FIRST_ITEM_GRACE_MS } from './chunks.ts'
import type { FeedClock, Ticking } from './event-stream.ts'

/** Clients are told to reconnect after a random time between one and two times this, in milliseconds, so that they do not all reconnect at once. */
const AWAY_MS = 1000
const HEARTBEAT = ':\n\n'

type Result = IteratorResult<Chunk, undefined>

const DONE: Result = { done: true, value: undefined }

export interface Feeding {
  /** Throws on an item that does not fit its model. */
  readonly format: (item: unknown) => string
  readonly isGet: boolean
  /** Aborts the signal of the handler. */
  readonly abort?: ((reason: Error) => void) | undefined
  /** The text of the event that ends a complete stream. */
  readonly last?: string | undefined
  /** The text of the event that reports an error after the head. */
  readonly toError?: ((error: unknown) => string) | undefined
}

/** Pulls an item from the producer only when the writer pulls a chunk, so that nothing is buffered for a slow client. */
export class EventFeed implements Source, AsyncIterator<Chunk, undefined>, Ticking {
  readonly endless: boolean
  readonly slowClient: SlowClientLimit
  readonly #items: Items
  readonly #format: (item: unknown) => string
  readonly #clock: FeedClock
  readonly #abort: Feeding['abort']
  readonly #last: string | undefined
  readonly #toError: Feeding['toError']
  readonly #awaitFirstMs: number
  #failure: Cut | undefined = undefined
  /** Whether the head may have been sent: an error can then no longer become an error response. */
  #hasBegun = false
  /** Text that the writer has not asked for yet. */
  #ready = ''
  #end: { readonly error?: unknown } | undefined = undefined
  /** An error of the producer after it was told to end. */
  #late: Cut | undefined = undefined
  /** The end is reported to the writer after this promise has settled. */
  #ending: Promise<unknown> | undefined = undefined
  /** Resolves the chunk that the writer waits for. */
  #resolve: ((result: Result) => void) | undefined = undefined
  #reject: ((error: unknown) => void) | undefined = undefined
  #isAsking = false
  #isClosed = false
  #signal: AbortSignal | undefined = undefined
  #ageMs = 0
  /** The time since the writer asked for a chunk or got one. May be too long by one tick. */
  #silenceMs = 0

  constructor(items: Items, clock: FeedClock, { format, isGet, abort, last, toError }: Feeding) {
    this.#items = items
    this.#format = format
    this.#clock = clock
    this.#abort = abort
    this.#last = last
    this.#toError = toError
    this.endless = clock.rhythm.endless ?? isGet
    this.#awaitFirstMs = clock.rhythm.awaitFirstMs ?? (isGet ? FIRST_ITEM_GRACE_MS : Infinity)
    this.slowClient = clock.rhythm.slowClient
  }

  /** Resolves when there is something to send. Rejects if the producer fails before that. */
  begin(): Promise<void> {
    const { retryMs } = this.#clock.rhythm
    const opening = retryMs === undefined ? '' : formatEvent({ retry: retryMs })
    const late = startTimer(() => this.#give(opening === '' ? HEARTBEAT : ''), this.#awaitFirstMs)
    const begun = new Promise<void>((resolve, reject) => {
      this.#resolve = ({ value }) => {
        this.#ready = opening + (typeof value === 'string' ? value : '')
        this.#hasBegun = true
        resolve()
      }
      this.#reject = reject
      this.#ask()
    })
    return begun.finally(() => clearTimeout(late))
  }

  open(signal: AbortSignal): this {
    this.#clock.add(this)
    this.#signal = signal
    signal.addEventListener('abort', this.#onAbort)
    if (signal.aborted) this.#onAbort()
    return this
  }

  next(): Promise<Result> {
    this.#silenceMs = 0
    if (this.#ready !== '') {
      const value = this.#ready
      this.#ready = ''
      return Promise.resolve({ done: false, value })
    }
    return this.#end === undefined ? new Promise(this.#wait) : this.#tell(this.#end)
  }

  async return(): Promise<Result> {
    this.#finish({})
    this.#rest()
    await this.#close()
    if (this.#late !== undefined) throw this.#late.error
    return DONE
  }

  readonly #wait = (resolve: (result: Result) => void, reject: (error: unknown) => void): void => {
    this.#resolve = resolve
    this.#reject = reject
    this.#ask()
  }

  #ask(): void {
    if (this.#isAsking) return
    this.#isAsking = true
    try {
      const next = this.#items.next()
      if ('then' in next) next.then(this.#take, this.#fail)
      else this.#take(next)
    } catch (error) {
      this.#fail(error)
    }
  }

  readonly #take = ({ done, value }: IteratorResult<unknown>): void => {
    this.#isAsking = false
    if (done === true) this.#isClosed = true
    // An item after the last event is ignored.
    if (this.#end !== undefined) return
    if (done === true) {
      if (this.#last !== undefined) this.#give(this.#last)
      return this.#finish({})
    }
    let text
    try {
      text = this.#format(value)
    } catch (error) {
      return this.#tellError(error, this.#close().catch(ignore))
    }
    this.#give(text)
  }

  readonly #fail = (error: unknown): void => {
    this.#isClosed = true
    if (this.#end === undefined) this.#tellError(error)
    else if (this.#signal === undefined || !isLeaving(error, this.#signal)) this.#late = { error }
  }

  /** Sends the declared error event if the head was sent. Otherwise ends with the error: an error response, or a closed connection if the head was sent. */
  #tellError(error: unknown, ending?: Promise<unknown>): void {
    if (!this.#hasBegun || this.#toError === undefined || this.#end !== undefined) return this.#finish({ error }, ending)
    try {
      this.#give(this.#toError(error))
    } catch (again) {
      return this.#finish({ error: again }, ending)
    }
    this.#failure = { error }
    this.#finish({}, ending)
  }

  get failure(): Cut | undefined {
    return this.#failure
  }

  #give(text: string): void {
    const resolve = this.#resolve
    this.#silenceMs = 0
    if (resolve === undefined) this.#ready += text
    else {
      this.#resolve = undefined
      resolve({ done: false, value: text })
    }
  }

  #finish(end: { readonly error?: unknown }, ending?: Promise<unknown>): void {
    if (this.#end !== undefined) return
    this.#end = end
    this.#ending = ending
    const resolve = this.#resolve
    if (resolve === undefined) return
    this.#resolve = undefined
    void this.#tell(end).then(resolve, this.#reject)
  }

  async #tell(end: { readonly error?: unknown }): Promise<Result> {
    this.#rest()
    await this.#ending
    if (this.#late !== undefined) throw this.#late.error
    if ('error' in end) throw end.error
    return DONE
  }

  /** Calls the producer's `return()` once, unless it has ended by itself. */
  async #close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#items.return?.()
  }

  #rest(): void {
    this.#clock.delete(this)
    this.#signal?.removeEventListener('abort', this.#onAbort)
  }

  readonly #onAbort = (): void => {
    // When a client disconnects, the writer calls `return()`.
    const reason: unknown = this.#signal?.reason
    if (!(reason instanceof ServerClosing)) return
    this.#leaveOff(reason)
  }

  /** Ends the stream early. An endless stream ends in order, and its client reconnects. A finite one ends with an error, so that it does not look complete. */
  #leaveOff(reason: Error): void {
    if (this.endless) this.#sayFarewell()
    else {
      // An error of the producer's `finally` is reported instead of the reason.
      const closed = this.#close()
      closed.catch(ignore)
      this.#finish({ error: reason }, closed)
    }
  }

  tick(tickMs: number): void {
    const { heartbeatMs, maxAgeMs } = this.#clock.rhythm
    this.#ageMs += tickMs
    this.#silenceMs += tickMs
    if (this.#ageMs >= maxAgeMs) {
      this.#leaveOff(new StreamTooOld())
      this.#abort?.(new StreamTooOld())
    }
    if (this.#resolve !== undefined && this.#silenceMs >= heartbeatMs) this.#give(HEARTBEAT)
  }

  #sayFarewell(): void {
    if (this.#end !== undefined) return
    const { retryMs = AWAY_MS } = this.#clock.rhythm
    this.#give(formatEvent({ retry: Math.round(retryMs * (1 + Math.random())) }))
    const closed = endWithin(() => this.#close(), FINALLY_GRACE_MS)
    closed.catch(ignore)
    this.#finish({}, closed)
  }
}

function ignore(): void {}
