/** Reads a message of `node:http`: its HTTP/2 stream (RFC 9113), its header fields, which may be on several lines (RFC 9110 §5.3), and its content. */
import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest, ServerHttp2Stream } from 'node:http2'
import { requestError, type RequestError } from '../errors/framework-errors.ts'
import { ByteCollector } from '../http/collect-bytes.ts'
import { parseMediaType } from '../http/media-type.ts'

/** The stream of a request over HTTP/2; `undefined` over HTTP/1. */
export function streamOf(message: IncomingMessage): ServerHttp2Stream | undefined {
  return message.httpVersionMajor === 2 ? (message as unknown as Http2ServerRequest).stream : undefined // the version tells the class
}

/** The host that a request over HTTP/2 names (RFC 9113 §8.3.1). */
export function authorityOf(message: IncomingMessage): string | undefined {
  return message.httpVersionMajor === 2 ? (message as unknown as Http2ServerRequest).authority : undefined // the version tells the class
}

/** Whether the client or this server reset the stream before it was complete (RFC 9113 §5.4.2). */
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

export function hasContent(message: IncomingMessage): boolean {
  const { headers } = message
  if (headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0) return true
  // In HTTP/2, a flag of the head says that there is no content, and the length may be absent (RFC 9113 §8.1).
  const stream = streamOf(message)
  return stream !== undefined && headers['content-length'] === undefined && !stream.endAfterHeaders
}

/**
 * Whether all content can be read now. The parser reports the end of a message only after the tick in which it emitted the last content. In Deno, a
 * message can be complete before its chunks can be read.
 */
export function hasArrived({ complete, destroyed, headers, readableLength }: IncomingMessage): boolean {
  const isComplete = complete && process.versions['deno'] === undefined
  return !destroyed && (isComplete || (readableLength > 0 && readableLength === Number(headers['content-length'])))
}

/**
 * Reads all content by events: for short content, an async iterator costs more than the rest of the request. Resolves with `undefined` if the content
 * exceeds the limit. Rejects with a `RequestError` if the client disconnects before the end. The promise also keeps the request's `AsyncLocalStorage`
 * context, which the events of a message lose.
 */
export function collectContent(message: IncomingMessage, limitBytes: number): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    // The message has closed already and emits no further events.
    if (message.destroyed) return reject(incomplete(undefined))
    const collector = new ByteCollector()
    let isSettled = false
    const settle = (content: Uint8Array | undefined) => {
      isSettled = true
      resolve(content)
    }
    const add = (part: Uint8Array) => {
      if (collector.length + part.byteLength <= limitBytes) return collector.add(part)
      message.off('data', add).off('end', end).pause()
      settle(undefined)
    }
    const end = () => settle(collector.take())
    const fail = (cause?: Error) => {
      // A message also closes after its end, and after an error.
      if (isSettled) return
      isSettled = true
      reject(incomplete(cause))
    }
    message.on('data', add)
    // Not `once`, although each event is emitted once: it creates three more objects for each listener, which keep the request alive.
    message.on('end', end)
    message.on('error', fail)
    message.on('close', fail)
  })
}

export function incomplete(cause: unknown): RequestError {
  return requestError(400, 'The content ended before it was complete', { cause })
}

interface Parsed {
  readonly body?: unknown
  /** The original bytes, if the host keeps them. */
  readonly rawBody?: unknown
}

/**
 * The content that a body parser in front of the app has read: Express, Connect, Next.js and Cloud Functions keep the parsed value. The result is bytes, so that
 * the route's own reader validates it. `undefined` if the kept value cannot be serialised.
 */
export function parsedContent(message: IncomingMessage & Parsed): Uint8Array | undefined {
  const { rawBody, body, headers } = message
  return toContent(rawBody) ?? toContent(body) ?? encodeParsed(body, parseMediaType(headers['content-type'] ?? '')?.essence ?? '')
}

function toContent(value: unknown): Uint8Array | undefined {
  if (typeof value === 'string') return Buffer.from(value)
  return value instanceof Uint8Array ? value : undefined
}

function encodeParsed(body: unknown, essence: string): Uint8Array | undefined {
  if (essence === 'application/json' || essence.endsWith('+json')) return body === undefined ? undefined : Buffer.from(JSON.stringify(body))
  if (essence !== 'application/x-www-form-urlencoded' || typeof body !== 'object' || body === null) return undefined
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(body)) {
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      // A nested object has no unambiguous form as text.
      if (typeof one !== 'string') return undefined
      form.append(name, one)
    }
  }
  return Buffer.from(form.toString())
}
