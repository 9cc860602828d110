/** The interface of a request as it arrived, before its content is read. Each runtime has its own implementation. */

/** The part of a URL before its path. Unknown members are left out. */
export interface Origin {
  readonly scheme?: 'http' | 'https'
  readonly host?: string
}

/** A request in the form that each runtime passes to the app. */
export interface Incoming {
  /** As sent: `GET`, `POST`, … */
  readonly method: string
  /** Percent-encoded in its normal form (RFC 3986 §6.2.2), without the query; begins with `/`, or is `*`. */
  readonly path: string
  /** Still percent-encoded, without its `?`; empty without a query. */
  readonly search: string
  /** A header field's value by its lower-case name; repeated fields are joined as RFC 9110 §5.3 says. */
  header(name: string): string | undefined
  /** All header fields, names in lower case. */
  headers(): Iterable<[name: string, value: string]>
  /** Whether the request has content (RFC 9112 §6): a length above zero, or a transfer coding. */
  readonly hasBody: boolean
  /** The content as it arrives. It can be read once. */
  body(): AsyncIterable<Uint8Array>
  /** Calls `read` with the whole content, instead of `body()`, and returns its result: not a promise if the content has arrived already. `read` gets `undefined` if the content exceeds the limit, in bytes. */
  collect<Made>(limitBytes: number, read: (bytes: Uint8Array | undefined) => Made | Promise<Made>): Made | Promise<Made>
  /** Aborts when the client disconnects before its response is complete. */
  readonly signal: AbortSignal
  /** Aborts when the server begins to stop; never if the runtime does not report that. */
  readonly stopping: AbortSignal
  /** Aborts the signal for another reason than a disconnected client. */
  abort(reason: Error): void
  /** Whether the client is known to have disconnected before its response was complete. */
  readonly isAbandoned: boolean
  readonly platform: Platform
  /** The WHATWG `Request`. `origin` replaces the origin of its URL behind a proxy. Its body fails with a `RequestError` 413 beyond the limit, in bytes; `limitBytes` is called when the body is read. */
  toRequest(limitBytes: () => number, origin?: Origin): Request
}

declare global {
  namespace Riposte {
    /**
     * Add your own members by declaration merging: `declare global { namespace Riposte { interface Platform { readonly env: Env } } }`. `serve` and `toNodeHandler`
     * give `message` and `response` of `node:http`; `app.fetch(request, platform)` passes its second argument.
     */
    interface Platform {
      /** The remote address of the connection, which behind a proxy is the proxy's. `undefined` if the runtime does not report it. */
      readonly clientAddress?: string | undefined
    }
  }
}

/** What the runtime knows about a request. Declare its members in the namespace `Riposte`. */
export type Platform = Riposte.Platform
