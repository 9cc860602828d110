/** Server-sent events on their way out: kept alive while nothing happens, ended with a farewell. */
import { formatEvent } from '../http/event-stream.ts'
import type { Chunk, Source } from '../reply/reply.ts'
import type { Items } from '../reply/sequence.ts'
import { ServerClosing } from '../reply/server-closing.ts'
import type { SlowClientLimit } from '../reply/slow-client.ts'
import { unref } from '../reply/unref.ts'
import type { FeedClock, Ticking } from './feed-clock.ts'

/** How long the head waits for a first event, so that a failure before it can still be an ordinary answer. */
export const FIRST_EVENT_GRACE_MS = 50
/** How long the end waits for the producer's `finally` when the server stops. */
export const FINALLY_GRACE_MS = 1000
/** Clients that are sent away come back spread over this time and its double: not all at once. */
const AWAY_MS = 1000
const HEARTBEAT = ':\n\n'

type Result = IteratorResult<Chunk, undefined>

const DONE: Result = { done: true, value: undefined }

/** The producer is asked for an item only when the writer asks for a chunk: nothing piles up behind a slow client. */
export class EventFeed implements Source, AsyncIterator<Chunk, undefined>, Ticking {
  readonly endless = true
  readonly slowClient: SlowClientLimit
  readonly #items: Items
  readonly #format: (item: unknown) => string
  readonly #clock: FeedClock
  /** Made, but not asked for yet. */
  #ready = ''
  #end: { readonly error?: unknown } | undefined = undefined
  /** What the end waits for before it is told. */
  #ending: Promise<unknown> | undefined = undefined
  /** Of the chunk that the writer waits for. */
  #resolve: ((result: Result) => void) | undefined = undefined
  #reject: ((error: unknown) => void) | undefined = undefined
  #isAsking = false
  #isClosed = false
  #signal: AbortSignal | undefined = undefined
  #ageMs = 0
  /** Since the writer asked or was given something; up to one tick more than in truth. */
  #silenceMs = 0

  /** `format` throws on an item that breaks its model. */
  constructor(items: Items, format: (item: unknown) => string, clock: FeedClock) {
    this.#items = items
    this.#format = format
    this.#clock = clock
    this.slowClient = clock.rhythm.slowClient
  }

  /** Resolves when there is something to send; rejects with what the producer fails with until then. */
  begin(): Promise<void> {
    const { retryMs } = this.#clock.rhythm
    const opening = retryMs === undefined ? '' : formatEvent({ retry: retryMs })
    const late = setTimeout(() => this.#give(opening === '' ? HEARTBEAT : ''), FIRST_EVENT_GRACE_MS)
    const begun = new Promise<void>((resolve, reject) => {
      this.#resolve = ({ value }) => {
        this.#ready = opening + (typeof value === 'string' ? value : '')
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
    // What comes after the farewell comes too late.
    if (this.#end !== undefined) return
    if (done === true) return this.#finish({})
    let text
    try {
      text = this.#format(value)
    } catch (error) {
      return this.#finish({ error }, this.#close().catch(ignore))
    }
    this.#give(text)
  }

  readonly #fail = (error: unknown): void => {
    this.#isClosed = true
    this.#finish({ error })
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
    if ('error' in end) throw end.error
    return DONE
  }

  /** The producer's `return()` is called once, and not at all when it ended by itself. */
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
    // Of a client that is gone the writer tells by `return()`.
    if (this.#signal?.reason instanceof ServerClosing) this.#sayFarewell()
  }

  tick(tickMs: number): void {
    const { heartbeatMs, maxAgeMs } = this.#clock.rhythm
    this.#ageMs += tickMs
    this.#silenceMs += tickMs
    if (this.#ageMs >= maxAgeMs) this.#sayFarewell()
    if (this.#resolve !== undefined && this.#silenceMs >= heartbeatMs) this.#give(HEARTBEAT)
  }

  #sayFarewell(): void {
    if (this.#end !== undefined) return
    const { retryMs = AWAY_MS } = this.#clock.rhythm
    this.#give(formatEvent({ retry: Math.round(retryMs * (1 + Math.random())) }))
    const closed = Promise.race([this.#close(), pause(FINALLY_GRACE_MS)])
    closed.catch(ignore)
    this.#finish({}, closed)
  }
}

function ignore(): void {}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => unref(setTimeout(resolve, ms)))
}
