/** Responses without the app, for what is no request of HTTP/1.1 or none for an origin server: a status without content, which no document lists. */
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { formatHTTPDate } from '../http/http-date.ts'
import { reasonPhrase } from '../http/status.ts'
import { streamOf } from './message.ts'
import { actInstead, endTurns, hasEndedTurns, isOver, latestResponse } from './turns.ts'
import { leaveUnread, linger } from './unread-body.ts'

/** Closes the connection: what follows on it may not be a request. */
export function refuse(response: ServerResponse, status: number): void {
  if (response.headersSent) return void response.destroy()
  const { req } = response
  if (streamOf(req) !== undefined) return void response.writeHead(status).end()
  if (!req.complete) leaveUnread(req, response)
  endTurns(req.socket)
  response.writeHead(status, reasonPhrase(status), ['connection', 'close', 'content-length', '0'])
  response.end()
}

/** How long a client may take to notice a refusal. */
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
  // `node:http` has taken its listeners off. Without this one, a client that resets the connection ends the process.
  socket.on('error', () => socket.destroy())
  // Without it, bytes that nobody reads turn the end of the connection into a reset, which may erase the answer.
  socket.resume()
  const before = latestResponse(socket)
  const refuseIt = () => refuseConnection(socket, 501)
  if (before === undefined) refuseIt()
  else whenClosed(before, refuseIt)
}

/** As `node:http` gives it to `clientError`. */
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
  // From here on the content of that request is malformed, and no second response may answer it.
  else if (response.writableEnded) whenClosed(response, () => linger(response.req))
  else if (response.headersSent) socket.destroy()
  else if (response.socket === null) actInstead(response, refuseIt)
  else refuseIt()
}

/** The connection ended within a message that waits behind a request which is still being answered: nobody is left to read the answer. */
function hasLeft({ code }: ParserError, socket: Socket): boolean {
  const response = latestResponse(socket)
  return code === 'HPE_INVALID_EOF_STATE' && response !== undefined && (response.req.complete || response.socket === null)
}

/** By the code of the parser's error. Any other code is 400. */
const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
  HPE_INVALID_METHOD: 501,
}

/** `method SP request-target`, not ended */
const REQUEST_LINE = /(?:^|\n)[A-Z]+ [^\n]*$/

function statusOf({ code = '', rawPacket, bytesParsed }: ParserError): number {
  const status = STATUS_BY_CODE[code] ?? 400
  // RFC 9112 §3: "A server that receives a request-target longer than any URI it wishes to parse MUST respond with a 414".
  return status === 431 && REQUEST_LINE.test(rawPacket?.toString('latin1', 0, bytesParsed) ?? '') ? 414 : status
}

/** Does nothing where the connection ended with that response. */
function whenClosed(response: ServerResponse, act: () => void): void {
  const { socket } = response.req
  if (response.closed) act()
  else response.once('close', () => isOver(socket) || act())
}
