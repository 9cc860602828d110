/** Responds without the app to messages that are not valid HTTP/1.1, or not meant for an origin server. The response is a status without content, and is in no OpenAPI document. */
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { formatHTTPDate } from '../http/fields.ts'
import { reasonPhrase } from '../http/status.ts'
import { streamOf } from './message.ts'
import { actInstead, endTurns, hasEndedTurns, isOver, latestResponse } from './turns.ts'
import { leaveUnread, linger } from './close.ts'

/** Responds and closes the connection, because the bytes that follow may not be a request. */
export function refuse(response: ServerResponse, status: number): void {
  if (response.headersSent) return void response.destroy()
  const { req } = response
  if (streamOf(req) !== undefined) return void response.writeHead(status).end()
  if (!req.complete) leaveUnread(req, response)
  endTurns(req.socket)
  response.writeHead(status, reasonPhrase(status), ['connection', 'close', 'content-length', '0'])
  response.end()
}

/** How long a client may take to read the response. */
const LINGER_MS = 2_000

/** For a connection without a response to write to. */
function refuseConnection(socket: Socket, status: number): void {
  const date = formatHTTPDate(new Date())
  socket.end(`HTTP/1.1 ${status} ${reasonPhrase(status)}\r\nConnection: close\r\nContent-Length: 0\r\nDate: ${date}\r\n\r\n`)
  const end = () => socket.destroy()
  socket.once('end', end)
  socket.setTimeout(LINGER_MS, end)
}

/** For the server's `connect`: a proxy makes tunnels, an origin server does not. */
export function refuseTunnel(socket: Socket): void {
  // `node:http` has removed its listeners. Without this one, a client that resets the connection would end the process.
  socket.on('error', () => socket.destroy())
  // Without this line, unread bytes turn the end of the connection into a reset, which may discard the response.
  socket.resume()
  const before = latestResponse(socket)
  const refuseIt = () => refuseConnection(socket, 501)
  if (before === undefined) refuseIt()
  else whenClosed(before, refuseIt)
}

/** The error of the event `clientError`. */
interface ParserError extends NodeJS.ErrnoException {
  /** The bytes that arrived last, and how many of them were parsed. */
  readonly rawPacket?: Buffer
  readonly bytesParsed?: number
}

/** For the server's `clientError`. A refusal waits until the responses to earlier requests are out. */
export function refuseMalformed(error: ParserError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || isOver(socket) || hasLeft(error, socket)) return void socket.destroy()
  // The parser stays broken and reports the error again with each packet.
  if (hasEndedTurns(socket)) return
  endTurns(socket)
  const refuseIt = () => refuseConnection(socket, statusOf(error))
  const response = latestResponse(socket)
  if (response === undefined) refuseIt()
  else if (response.req.complete) whenClosed(response, refuseIt)
  // The content of that request is malformed, and a request must not get a second response.
  else if (response.writableEnded) whenClosed(response, () => linger(response.req))
  else if (response.headersSent) socket.destroy()
  else if (response.socket === null) actInstead(response, refuseIt)
  else refuseIt()
}

/** Whether the connection ended inside a message that waits for an earlier response: no client is left to read a response. */
function hasLeft({ code }: ParserError, socket: Socket): boolean {
  const response = latestResponse(socket)
  return code === 'HPE_INVALID_EOF_STATE' && response !== undefined && (response.req.complete || response.socket === null)
}

/** The status for a code of a parser error. Any other code gives 400. */
const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
  HPE_INVALID_METHOD: 501,
  HPE_INVALID_VERSION: 505,
}

/** `method SP request-target`, incomplete */
const UNFINISHED_TARGET = /(?:^|\n)[A-Z]+ [^\n]*$/

/** `request-line = method SP request-target SP HTTP-version`, or its beginning if the rest has not arrived */
const REQUEST_LINE = /^[\w!#$%&'*+.^`|~-]+(?: \S+ HTTP\/\d\.\d\r?\n|(?: [^\n]*)?$)/

function statusOf({ code = '', rawPacket, bytesParsed }: ParserError): number {
  const status = STATUS_BY_CODE[code] ?? 400
  if (rawPacket === undefined) return status
  const text = rawPacket.toString('latin1')
  const parsed = text.slice(0, bytesParsed)
  // RFC 9112 §3: "A server that receives a request-target longer than any URI it wishes to parse MUST respond with a 414".
  if (status === 431) return UNFINISHED_TARGET.test(parsed) ? 414 : 431
  // The parser reports a malformed request line as an unknown method or version too. RFC 9112 §3: the response to "an invalid request-line" is a 400.
  const isOfLine = status === 501 || status === 505
  return isOfLine && !REQUEST_LINE.test(text.slice(parsed.lastIndexOf('\n') + 1)) ? 400 : status
}

/** Calls `act` after the response has closed, unless the connection has ended too. */
function whenClosed(response: ServerResponse, act: () => void): void {
  const { socket } = response.req
  if (response.closed) act()
  else response.once('close', () => isOver(socket) || act())
}
