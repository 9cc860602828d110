/** Converts a WHATWG `Request` to an `Incoming`, and a Reply to a WHATWG `Response`. */
import { requestError } from './errors/framework-errors.ts'
import type { Incoming, Origin, Platform } from './http/incoming.ts'
import { collectBytes } from './http/collect-bytes.ts'
import { forwardAbort } from './http/forward-abort.ts'
import { targetOf } from './http/request-url.ts'
import { isNullBodyStatus } from './http/status.ts'
import { toBytes } from './reply/declared-length.ts'
import { setFraming, discard, isSource, type Cut, type Reply } from './reply/reply.ts'
import { readChunks } from './reply/sequence.ts'
import { toReadableStream } from './reply/readable.ts'
import { StreamEnding } from './reply/stream-ending.ts'
import { alreadyRead, toLimitedStream } from './request/body.ts'

export function fromRequest(request: Request, platform: Platform = {}): FetchIncoming {
  return new FetchIncoming(request, platform)
}

class FetchIncoming implements Incoming {
  readonly method: string
  readonly path: string
  readonly search: string
  readonly platform: Platform
  readonly #request: Request
  #controller: AbortController | undefined = undefined
  #stopping: AbortSignal | undefined = undefined
  #stopForwarding: (() => void) | undefined = undefined
  #isSettled = false

  constructor(request: Request, platform: Platform) {
    const { path, search } = targetOf(request.url)
    this.platform = platform
    this.#request = request
    this.method = request.method
    this.path = path
    this.search = search
  }

  /** A `Request` that was made in memory has no `Host` field, so its host is that of its URL. */
  header(name: string): string | undefined {
    return this.#request.headers.get(name) ?? (name === 'host' ? this.#urlHost : undefined)
  }

  *headers(): Generator<[name: string, value: string]> {
    const { headers } = this.#request
    if (!headers.has('host')) yield ['host', this.#urlHost]
    yield* headers
  }

  get #urlHost(): string {
    return new URL(this.#request.url).host
  }

  get hasBody(): boolean {
    return this.#request.body !== null
  }

  /** Throws a `RequestError` if the client disconnects before its content is complete. */
  async *body(): AsyncGenerator<Uint8Array, void, void> {
    const { body, bodyUsed } = this.#request
    if (body === null) return
    if (bodyUsed || body.locked) throw alreadyRead()
    try {
      yield* readChunks(body)
    } catch (cause) {
      throw requestError(400, 'The content ended before it was complete', { cause })
    }
  }

  collect<Made>(limitBytes: number, read: (bytes: Uint8Array | undefined) => Made | Promise<Made>): Promise<Made> {
    return collectBytes(this.body(), limitBytes).then(read)
  }

  get signal(): AbortSignal {
    return this.#control().signal
  }

  /** Never aborts: a fetch handler is not told that the server stops. */
  get stopping(): AbortSignal {
    return (this.#stopping ??= new AbortController().signal)
  }

  get isAbandoned(): boolean {
    const own = this.#controller?.signal
    return this.#request.signal.aborted || (own?.aborted === true && !(own.reason instanceof StreamEnding))
  }

  abort(reason: Error): void {
    this.#control().abort(reason)
  }

  /** Called when the client has disconnected. Not every runtime aborts the request's own signal when it cancels the response's body. */
  leave(): void {
    this.#control().abort()
  }

  /** Called when the response is complete. Node never garbage-collects a request's signal that still has listeners. */
  settle(): void {
    this.#isSettled = true
    this.#stopForwarding?.()
  }

  #control(): AbortController {
    if (this.#controller !== undefined) return this.#controller
    const controller = new AbortController()
    this.#controller = controller
    const stopForwarding = forwardAbort(this.#request.signal, controller)
    // A background task may read the signal first.
    if (this.#isSettled) stopForwarding()
    else this.#stopForwarding = stopForwarding
    return controller
  }

  toRequest(limitBytes: () => number, origin?: Origin): Request {
    const body = this.hasBody ? ({ body: toLimitedStream(this, limitBytes), duplex: 'half' } as const) : undefined
    const { method } = this
    const url = new URL(this.#request.url)
    const isNormal = url.pathname === this.path
    if (origin === undefined && isNormal) return body === undefined ? this.#request : new Request(this.#request, { method, ...body })
    // A guard that reads the URL must see the same path as the router.
    url.pathname = this.path
    if (origin?.scheme !== undefined) url.protocol = origin.scheme
    // Setting `host` alone would keep the port of the other host.
    if (origin?.host !== undefined) url.port = ''
    if (origin?.host !== undefined) url.host = origin.host
    const { headers, signal } = this.#request
    const request = new Request(url, { method, headers, signal, ...body })
    if (origin?.host !== undefined) request.headers.set('host', origin.host)
    return request
  }
}

/** The interface for work that continues after the response: `ctx` of Workers. */
export interface ExecutionContext {
  waitUntil?(work: Promise<unknown>): void
}

/** Never throws: a reply that cannot be sent is a 500 without content. */
export function toResponse(reply: Reply, incoming: FetchIncoming, execution?: ExecutionContext): Response {
  let resolve: ((finished: void | Promise<void>) => void) | undefined
  const finish = (cut?: Cut) => {
    incoming.settle()
    const finished = reply.afterwards?.(cut)
    resolve?.(finished)
  }
  if (reply.afterwards !== undefined) {
    execution?.waitUntil?.(
      new Promise<void>((settle) => {
        resolve = settle
      }),
    )
  }
  try {
    return createResponse(reply, incoming, finish)
  } catch (error) {
    discard(reply)
    finish({ error })
    return new Response(null, { status: 500 })
  }
}

function createResponse(reply: Reply, incoming: FetchIncoming, finish: (cut?: Cut) => void): Response {
  const { status, body } = reply
  setFraming(reply)
  const init = { status, headers: [...reply.headers] }
  const isUnwanted = incoming.method === 'HEAD' || isNullBodyStatus(status)
  if (isSource(body) && !isUnwanted) {
    const { signal } = incoming
    return new Response(toReadableStream(body, { signal, leave: () => incoming.leave(), done: finish }), init)
  }
  if (isNullBodyStatus(status)) discard(reply)
  const response = new Response(isUnwanted || body === null || isSource(body) ? null : toContent(body), init)
  if (reply.afterwards === undefined) finish()
  // A microtask would run before the runtime has sent the response.
  else setTimeout(finish)
  return response
}

/** The body as bytes, because a `Response` would set a media type for text. */
function toContent(body: string | Uint8Array): Uint8Array<ArrayBuffer> {
  return toBytes(body) as Uint8Array<ArrayBuffer>
}
