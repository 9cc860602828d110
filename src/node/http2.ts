/** Where the compatibility API of `node:http2` is not that of `node:http` (RFC 9113). */
import type { IncomingMessage } from 'node:http'
import { constants, type Http2ServerRequest, type ServerHttp2Stream } from 'node:http2'

/** The stream of a request over HTTP/2; `undefined` over HTTP/1. */
export function streamOf(message: IncomingMessage): ServerHttp2Stream | undefined {
  return message.httpVersionMajor === 2 ? (message as unknown as Http2ServerRequest).stream : undefined // its version says which class it is
}

/** The host that a request over HTTP/2 names (RFC 9113 §8.3.1). */
export function authorityOf(message: IncomingMessage): string | undefined {
  return message.httpVersionMajor === 2 ? (message as unknown as Http2ServerRequest).authority : undefined // see above
}

/** Whether the client, or this server, gave the stream up before it was complete (§5.4.2). */
export function wasReset(stream: ServerHttp2Stream): boolean {
  return stream.aborted || (stream.closed && stream.rstCode !== 0)
}

/** Tells the client of a stream that its body is not complete. */
export function failStream(message: IncomingMessage): void {
  streamOf(message)?.close(constants.NGHTTP2_INTERNAL_ERROR)
}
