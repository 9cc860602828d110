/** A request of `node:http` as the framework sees it. Whatever costs something is made when it is first asked for. */
import { AsyncResource } from 'node:async_hooks'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { RequestError } from '../errors/framework-errors.ts'
import type { Incoming } from '../http/incoming.ts'
import { alreadyRead, toLimitedStream } from '../request/content.ts'
import { incomplete, readContent } from './read-content.ts'
import type { RequestTarget } from './request-target.ts'
import { isOver } from './turns.ts'

/** So much content `node:http` holds in memory even if nobody reads it, in bytes. */
const SHORT = 16_384

/** How a server serves, as far as it shows with each request. */
export interface Serving {
  /** Clients send the content of these requests only when they are told to (RFC 9110 §10.1.1). */
  readonly awaitsContinue?: boolean
  /** Whether a connection ends with its first answer. */
  readonly closes?: boolean
  /** The `Keep-Alive` field of answers after which the connection is kept. */
  readonly keepAlive?: string | undefined
}

export class NodeIncoming implements Incoming {
  readonly method: string
  readonly path: string
  readonly search: string
  readonly message: IncomingMessage
  readonly response: ServerResponse
  readonly #authority: string | undefined
  #controller: AbortController | undefined = undefined
  readonly #serving: Serving
  #awaitsContinue: boolean
  #hasBody: boolean | undefined = undefined
  /** What `readAhead` has read, until it is taken, or why it failed. */
  #ahead: Uint8Array | RequestError | undefined = undefined

  constructor(message: IncomingMessage, response: ServerResponse, target: RequestTarget, serving: Serving) {
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
    return toText(this.message.headers[name])
  }

  *headers(): Generator<[name: string, value: string]> {
    for (const name of Object.keys(this.message.headers)) {
      const value = this.header(name)
      if (value !== undefined) yield [name, value]
    }
  }

  get hasBody(): boolean {
    return (this.#hasBody ??= hasContent(this.message))
  }

  get keepAlive(): string | undefined {
    return this.#serving.keepAlive
  }

  /**
   * Reads short content, then answers, also where that failed: of what is there already, nothing costs a promise. Whoever has left meanwhile,
   * or was cut off, is not answered.
   */
  readAhead(answer: (incoming: NodeIncoming) => void): void {
    if (!this.#isShort()) return answer(this)
    // Without it, what a layer in front keeps in an `AsyncLocalStorage` for this request would not be there when its content comes.
    const origin = new AsyncResource('CONTENT')
    readContent(this.#beginBody(), Infinity, (content) => {
      this.#ahead = content
      if (!this.isAbandoned) origin.runInAsyncScope(answer, undefined, this)
    })
  }

  #isShort(): boolean {
    const { message } = this
    const length = Number(message.headers['content-length'])
    return length > 0 && length <= SHORT && !this.#awaitsContinue && !message.readableDidRead
  }

  /** Throws a `RequestError` when the client leaves before its content is complete. */
  async *body(): AsyncGenerator<Uint8Array, void, void> {
    if (!this.hasBody) return
    if (this.#ahead !== undefined) return yield this.#takeAhead()
    const message = this.#beginBody()
    try {
      // Without this option, whoever stops reading early would cut the connection before the answer.
      for await (const chunk of message.iterator({ destroyOnReturn: false })) yield chunk as Uint8Array
    } catch (cause) {
      throw incomplete(cause)
    }
  }

  collect<Made>(limitBytes: number, read: (bytes: Uint8Array | undefined) => Made | Promise<Made>): Made | Promise<Made> {
    if (!this.hasBody) return read(new Uint8Array())
    if (this.#ahead !== undefined) {
      const bytes = this.#takeAhead()
      return read(bytes.byteLength <= limitBytes ? bytes : undefined)
    }
    const message = this.#beginBody()
    return new Promise((resolve, reject) => {
      readContent(message, limitBytes, (content) => {
        try {
          resolve(read(wholeOf(content)))
        } catch (error) {
          reject(error)
        }
      })
    })
  }

  /** Throws where somebody else has read it. */
  #beginBody(): IncomingMessage {
    const { message } = this
    if (message.readableDidRead) throw alreadyRead()
    this.#tellToContinue()
    return message
  }

  #takeAhead(): Uint8Array {
    const content = this.#ahead!
    this.#ahead = undefined
    return wholeOf(content)
  }

  get signal(): AbortSignal {
    return this.#control().signal
  }

  /** Aborts the signal for another reason than the client's leaving. */
  abort(reason: Error): void {
    this.#control().abort(reason)
  }

  /** Has the client left before its answer was complete? */
  get isAbandoned(): boolean {
    return !this.response.writableFinished && isOver(this.message.socket)
  }

  toRequest(limitBytes: () => number): Request {
    const { method, path, search, message } = this
    const scheme = 'encrypted' in message.socket ? 'https' : 'http'
    const url = `${scheme}://${this.header('host') || 'localhost'}${path === '*' ? '/' : path}${search === '' ? '' : `?${search}`}`
    const isReadable = this.hasBody && method !== 'GET' && method !== 'HEAD'
    return new Request(url, {
      method,
      headers: [...this.headers()],
      signal: this.signal,
      ...(isReadable ? { body: toLimitedStream(this, limitBytes), duplex: 'half' } : {}),
    })
  }

  #control(): AbortController {
    return (this.#controller ??= this.#watch())
  }

  #watch(): AbortController {
    const controller = new AbortController()
    const { response } = this
    const leave = () => controller.abort(new DOMException('The client is gone', 'AbortError'))
    if (this.isAbandoned) leave()
    else
      response.on('close', () => {
        if (!response.writableFinished) leave()
      })
    return controller
  }

  #tellToContinue(): void {
    if (!this.#awaitsContinue || this.response.headersSent) return
    this.#awaitsContinue = false
    this.response.writeContinue()
  }
}

/** Throws what kept the content from being complete. */
function wholeOf<Content>(content: Content | RequestError): Content {
  if (content instanceof RequestError) throw content
  return content
}

function hasContent({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0
}

/** Only `Set-Cookie` comes as a list. Names that every object has come from no one. */
function toText(value: string | string[] | undefined): string | undefined {
  if (typeof value === 'string') return value
  return Array.isArray(value) ? value.join(', ') : undefined
}
