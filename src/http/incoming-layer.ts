/** Wraps a request. A subclass overrides what it changes. */
import type { Incoming, Origin, Platform } from './incoming.ts'

export class IncomingLayer implements Incoming {
  protected readonly inner: Incoming
  readonly method: string
  readonly path: string
  readonly search: string

  constructor(inner: Incoming) {
    this.inner = inner
    this.method = inner.method
    this.path = inner.path
    this.search = inner.search
  }

  header(name: string): string | undefined {
    return this.inner.header(name)
  }

  headers(): Iterable<[name: string, value: string]> {
    return this.inner.headers()
  }

  get hasBody(): boolean {
    return this.inner.hasBody
  }

  body(): AsyncIterable<Uint8Array> {
    return this.inner.body()
  }

  collect<Made>(limitBytes: number, read: (bytes: Uint8Array | undefined) => Made | Promise<Made>): Made | Promise<Made> {
    return this.inner.collect(limitBytes, read)
  }

  get signal(): AbortSignal {
    return this.inner.signal
  }

  get stopping(): AbortSignal {
    return this.inner.stopping
  }

  abort(reason: Error): void {
    this.inner.abort(reason)
  }

  get isAbandoned(): boolean {
    return this.inner.isAbandoned
  }

  get platform(): Platform {
    return this.inner.platform
  }

  toRequest(limitBytes: () => number, origin?: Origin): Request {
    return this.inner.toRequest(limitBytes, origin)
  }
}

/** Calls `listener` with each chunk of the content when it is read. */
export class ObservedIncoming extends IncomingLayer {
  readonly #listener: (chunk: Uint8Array) => void

  constructor(inner: Incoming, listener: (chunk: Uint8Array) => void) {
    super(inner)
    this.#listener = listener
  }

  override async *body(): AsyncGenerator<Uint8Array, void, void> {
    for await (const chunk of this.inner.body()) {
      this.#listener(chunk)
      yield chunk
    }
  }

  override collect<Made>(limitBytes: number, read: (bytes: Uint8Array | undefined) => Made | Promise<Made>): Made | Promise<Made> {
    return this.inner.collect(limitBytes, (bytes) => {
      if (bytes !== undefined) this.#listener(bytes)
      return read(bytes)
    })
  }
}
