/** A request as it arrived over the wire, before anything was read of it. Every runtime gives its own. */

/** The part of a URL before its path. What is not known is left out. */
export interface Origin {
  readonly scheme?: 'http' | 'https'
  readonly host?: string
}

/** A request, as every runtime gives it to the app. */
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
  /** Whether content follows the head (RFC 9112 §6): a length above zero, or a transfer coding. */
  readonly hasBody: boolean
  /** The content as it arrives. It can be read once. */
  body(): AsyncIterable<Uint8Array>
  /** What `read` makes of the content as a whole, instead of `body()`; no promise where it is there already. It gets `undefined` as soon as there is more than the limit, in bytes. */
  collect<Made>(limitBytes: number, read: (bytes: Uint8Array | undefined) => Made | Promise<Made>): Made | Promise<Made>
  /** Aborts when the client is gone before its answer was complete. */
  readonly signal: AbortSignal
  /** Aborts when the server begins to stop; never where the runtime does not tell. */
  readonly stopping: AbortSignal
  /** Aborts the signal for another reason than the client's leaving. */
  abort(reason: Error): void
  /** Whether the client is known to be gone before its answer was complete. */
  readonly isAbandoned: boolean
  readonly platform: Platform
  /** The request as the WHATWG has it, with the URL that the client asked `origin` for where a proxy changed it. Its body fails with a `RequestError` 413 beyond the limit, in bytes, which is asked for when the body is read. */
  toRequest(limitBytes: () => number, origin?: Origin): Request
}

declare global {
  namespace Riposte {
    /**
     * Merge your own members into it: `declare global { namespace Riposte { interface Platform { readonly env: Env } } }`. `serve` and `toNodeHandler`
     * give `message` and `response` of `node:http`; `app.fetch(request, platform)` gives its second argument.
     */
    interface Platform {
      /** The address at the other end of the connection: that of a proxy where one stands in front. `undefined` if the runtime does not say. */
      readonly clientAddress?: string | undefined
    }
  }
}

/** What the runtime knows of a request. Declare its fields in the namespace `Riposte`. */
export type Platform = Riposte.Platform
