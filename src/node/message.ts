/** Reads header fields that `node:http` may have received on several lines (RFC 9110 §5.3), and the stream and authority of an HTTP/2 request (RFC 9113). */
import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest, ServerHttp2Stream } from 'node:http2'

/** The stream of a request over HTTP/2; `undefined` over HTTP/1. */
export function streamOf(message: IncomingMessage): ServerHttp2Stream | undefined {
  return message.httpVersionMajor === 2 ? (message as unknown as Http2ServerRequest).stream : undefined // the version tells the class
}

/** The host that a request over HTTP/2 names (RFC 9113 §8.3.1). */
export function authorityOf(message: IncomingMessage): string | undefined {
  return message.httpVersionMajor === 2 ? (message as unknown as Http2ServerRequest).authority : undefined // the version tells the class
}

/** Whether the client or this server reset the stream before it was complete (§5.4.2). */
export function wasReset(stream: ServerHttp2Stream): boolean {
  return stream.aborted || (stream.closed && stream.rstCode !== 0)
}

/** Error codes of RFC 9113 §7. `node:http2` has them as well, but loading it costs 7 ms that most servers need not spend (Node 20). */
const HTTP2_INTERNAL_ERROR = 0x02
export const HTTP2_CANCEL = 0x08

/** Resets the stream, so that the client knows that the body is not complete. */
export function failStream(message: IncomingMessage): void {
  streamOf(message)?.close(HTTP2_INTERNAL_ERROR)
}

/** The value of a field; `undefined` if Connect middleware has removed it. */
export function fieldOf(message: IncomingMessage, name: string): string | undefined {
  const value = message.headers[name]
  // Only `Set-Cookie` is a list. Inherited names such as `constructor` have no string value.
  if (Array.isArray(value)) return value.join(', ')
  if (typeof value !== 'string') return undefined
  const joined = repeatedFields(message).get(name)
  // Connect middleware may have put another value there.
  return joined?.startsWith(`${value}, `) === true ? joined : value
}

const NONE: ReadonlyMap<string, string> = new Map()
const found = new WeakMap<IncomingMessage, ReadonlyMap<string, string>>()

/** All lines of repeated fields. `node:http` keeps only the first line of `Authorization`, `Host` and others, unless the server has `joinDuplicateHeaders`. */
function repeatedFields(message: IncomingMessage): ReadonlyMap<string, string> {
  if ((message as { joinDuplicateHeaders?: boolean }).joinDuplicateHeaders === true) return NONE
  let repeated = found.get(message)
  if (repeated === undefined) found.set(message, (repeated = joinLines(message.rawHeaders)))
  return repeated
}

/** `raw` has names and values alternately. */
function joinLines(raw: readonly string[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  let repeated: Map<string, string> | undefined
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at]!.toLowerCase()
    const before = values.get(name)
    const value = before === undefined ? raw[at + 1]! : `${before}, ${raw[at + 1]!}`
    values.set(name, value)
    if (before !== undefined) (repeated ??= new Map()).set(name, value)
  }
  return repeated ?? NONE
}
