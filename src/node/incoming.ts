/** Implements `Incoming` for a request of `node:http`. Expensive members are computed when they are first read. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Incoming, Origin, Platform } from '../http/incoming.ts'
import { formatRequestURL, type RequestTarget } from '../http/request-url.ts'
import type { Reply } from '../reply/reply.ts'
import { alreadyRead, toLimitedStream } from '../request/body.ts'
import { collectContent, fieldOf, hasArrived, hasContent, incomplete, parsedContent, streamOf, wasReset } from './message.ts'
import { isOver } from './turns.ts'

/** The part of a server's settings that each of its requests needs. */
export interface Serving {
  /** Whether the client sends its content only after `100 Continue` (RFC 9110 §10.1.1). */
  readonly awaitsContinue?: boolean
  /** Whether a connection is closed after its first response. */
  readonly closes?: boolean
  /** The `Keep-Alive` field of responses after which the connection stays open. */
  readonly keepAlive?: string | undefined
  /** How long a client may read nothing of its response before it is disconnected, unless the response has its own limit. */
  readonly slowClientMs: number
  /** Whether content that a body parser in front has read is taken from the message. */
  readonly parsedBody?: boolean
}

/** These settings and what only the server's handler knows. */
export interface RequestServing extends Serving {
  /** Makes controllers that are aborted when the server stops. */
  readonly stopping: { track(): AbortController; forget(controller: AbortController): void }
}

/** The fetch standard forbids these to a `Request` (§2.2.1), but servers receive them. */
const FORBIDDEN_METHOD = /^(?:CONNECT|TRACE|TRACK)$/i

export class NodeIncoming implements Incoming {
  readonly method: string
  readonly path: string
  readonly search: string
  readonly message: IncomingMessage
  readonly response: ServerResponse
  readonly #authority: string | undefined
  readonly #serving: RequestServing
  #controller: AbortController | undefined = undefined
  #stopping: AbortController | undefined = undefined
  /** Whether work follows the response, such as background tasks. */
  #isFollowed = false
  #awaitsContinue: boolean
  #hasBody: boolean | undefined = undefined
  #isRead = false

  constructor(message: IncomingMessage, response: ServerResponse, target: RequestTarget, serving: RequestServing) {
    this.message = message
    this.response = response
    this.method = message.method!
    this.path = target.path
    this.search = target.search
    this.#authority = target.authority
    this.#serving = serving
    this.#awaitsContinue = serving.awaitsContinue === true
  }

  header(name: string): string | undefined {
    if (name === 'host' && this.#authority !== undefined) return this.#authority
    return fieldOf(this.message, name)
  }

  *headers(): Generator<[name: string, value: string]> {
    const { headers } = this.message
    if (headers.host === undefined && this.#authority !== undefined) yield ['host', this.#authority]
    for (const name of Object.keys(headers)) {
      const value = this.header(name)
      // Over HTTP/2, the fields of the control data begin with a colon (RFC 9113 §8.3).
      if (value !== undefined && !name.startsWith(':')) yield [name, value]
    }
  }

  get hasBody(): boolean {
    return (this.#hasBody ??= hasContent(this.message))
  }

  get keepAlive(): string | undefined {
    return this.#serving.keepAlive
  }

  get slowClientMs(): number {
    return this.#serving.slowClientMs
  }

  /**
   * Calls `handle` when content that arrived in the same packet as the head can be read without a promise. It does not wait for other content, because a
   * guard may refuse the request first.
   */
  begin(handle: (incoming: NodeIncoming) => void): void {
    if (!this.hasBody || this.#awaitsContinue || this.message.complete) return handle(this)
    // The parser emits content before the next tick.
    process.nextTick(beginLater, handle, this)
  }

  /** Throws a `RequestError` if the client disconnects before its content is complete. */
  async *body(): AsyncGenerator<Uint8Array, void, void> {
    if (!this.hasBody) return
    const parsed = this.#takeParsed()
    if (parsed !== undefined) return yield parsed
    const message = this.#beginBody()
    try {
      // Without this option, a reader that stops early would close the connection before the response.
      for await (const chunk of message.iterator({ destroyOnReturn: false })) yield chunk as Uint8Array
    } catch (cause) {
      throw incomplete(cause)
    }
  }

  collect<Made>(limitBytes: number, read: (bytes: Uint8Array | undefined) => Made | Promise<Made>): Made | Promise<Made> {
    if (!this.hasBody) return read(new Uint8Array())
    const parsed = this.#takeParsed()
    if (parsed !== undefined) return read(parsed.byteLength <= limitBytes ? parsed : undefined)
    const message = this.#beginBody()
    if (!hasArrived(message)) return collectContent(message, limitBytes).then(read)
    const bytes = (message.read() as Uint8Array | null) ?? new Uint8Array()
    // Without this line, the message would never end, and `node:http` would keep it until the connection closes.
    message.resume()
    this.#isRead = true
    return read(bytes.byteLength <= limitBytes ? bytes : undefined)
  }

  /** Whether unread content remains, which must not be parsed as the next request. */
  get isUnread(): boolean {
    return this.hasBody && !this.#isRead && !this.message.complete
  }

  /** The content that a body parser in front has read. Returned once. */
  #takeParsed(): Uint8Array | undefined {
    if (this.#serving.parsedBody !== true || this.#isRead || !this.message.readableDidRead) return undefined
    this.#isRead = true
    return parsedContent(this.message)
  }

  /** Throws if the content was read already. */
  #beginBody(): IncomingMessage {
    const { message } = this
    if (message.readableDidRead) throw alreadyRead()
    this.#tellToContinue()
    return message
  }

  get signal(): AbortSignal {
    return this.#control().signal
  }

  get stopping(): AbortSignal {
    this.#stopping ??= this.#trackStopping()
    return this.#stopping.signal
  }

  #trackStopping(): AbortController {
    this.response.on('close', () => {
      if (!this.#isFollowed) this.#forgetStopping()
    })
    return this.#serving.stopping.track()
  }

  #forgetStopping(): void {
    if (this.#stopping !== undefined) this.#serving.stopping.forget(this.#stopping)
  }

  /** Lets `stopping` abort until the work after the response has ended. */
  follow(reply: Reply): void {
    const { afterwards } = reply
    if (afterwards === undefined) return
    this.#isFollowed = true
    reply.afterwards = async (cut) => {
      await afterwards(cut)
      this.#forgetStopping()
    }
  }

  /** Aborts the signal for another reason than a disconnected client. */
  abort(reason: Error): void {
    this.#control().abort(reason)
  }

  /** Includes `message`, with properties that Connect middleware has set, such as `user` and `session`. */
  get platform(): Platform & { readonly message: IncomingMessage; readonly response: ServerResponse } {
    const { message, response } = this
    return { clientAddress: message.socket.remoteAddress, message, response }
  }

  /** Whether the client disconnected before its response was complete. */
  get isAbandoned(): boolean {
    const stream = streamOf(this.message)
    if (stream !== undefined) return wasReset(stream)
    return !this.response.writableFinished && isOver(this.message.socket)
  }

  toRequest(limitBytes: () => number, origin: Origin = {}): Request {
    const { method, path, search, message } = this
    const own = (message.socket as { encrypted?: boolean }).encrypted === true ? 'https' : 'http'
    const isReadable = this.hasBody && method !== 'GET' && method !== 'HEAD'
    const isForbidden = FORBIDDEN_METHOD.test(method)
    const request = new Request(formatRequestURL(origin.scheme ?? own, origin.host ?? this.header('host'), path, search), {
      method: isForbidden ? 'OPTIONS' : method,
      headers: [...this.headers()],
      signal: this.signal,
      ...(isReadable ? { body: toLimitedStream(this, limitBytes), duplex: 'half' } : {}),
    })
    if (origin.host !== undefined) request.headers.set('host', origin.host)
    return isForbidden ? Object.defineProperty(request, 'method', { value: method }) : request
  }

  #control(): AbortController {
    return (this.#controller ??= this.#watch())
  }

  #watch(): AbortController {
    const controller = new AbortController()
    const { response, message } = this
    const leave = () => controller.abort(new DOMException('The client is gone', 'AbortError'))
    const stream = streamOf(message)
    const isCut = () => (stream === undefined ? !response.writableFinished : wasReset(stream))
    if (this.isAbandoned) leave()
    else
      response.on('close', () => {
        if (isCut()) leave()
      })
    return controller
  }

  #tellToContinue(): void {
    if (!this.#awaitsContinue || this.response.headersSent) return
    this.#awaitsContinue = false
    this.response.writeContinue()
  }
}

function beginLater(handle: (incoming: NodeIncoming) => void, incoming: NodeIncoming): void {
  if (!incoming.isAbandoned) handle(incoming)
}
