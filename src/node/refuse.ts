/** Answers without the app, to what is no request of HTTP/1.1 or none for an origin server: a status, and nothing a document must tell of. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { formatHTTPDate } from '../http/http-date.ts'
import { reasonPhrase } from '../http/status.ts'
import { isHost } from './request-target.ts'
import { actInstead, isOver, latestResponse } from './turns.ts'
import { leaveUnread, linger } from './unread-body.ts'

/** What makes a request that the parser took unfit to be answered, as a status. */
export function faultOf({ httpVersionMajor, httpVersionMinor, headers }: IncomingMessage): number | undefined {
  if (httpVersionMajor !== 1) return 505
  // RFC 9112 §3.2: HTTP/1.0 alone does without.
  if (headers.host === undefined ? httpVersionMinor !== 0 : !isHost(headers.host)) return 400
  const coding = headers['transfer-encoding']
  if (coding === undefined) return undefined
  // RFC 9112 §6.1: HTTP/1.0 knows no transfer coding, and this server no other than `chunked`.
  if (httpVersionMinor === 0) return 400
  return coding.toLowerCase() === 'chunked' ? undefined : 501
}

/** Connections that have had their last answer. */
const refused = new WeakSet<Socket>()

/** Closes the connection: what follows on it is not known to be a request. */
export function refuse(response: ServerResponse, status: number): void {
  if (response.headersSent) return void response.destroy()
  if (!response.req.complete) leaveUnread(response.req, response)
  refused.add(response.req.socket)
  response.writeHead(status, reasonPhrase(status), ['connection', 'close', 'content-length', '0'])
  response.end()
}

/** How long a client may take to notice a refusal. */
const LINGER_MS = 2_000

/** Where there is no response to write to. */
function refuseConnection(socket: Socket, status: number): void {
  const date = formatHTTPDate(new Date())
  socket.end(`HTTP/1.1 ${status} ${reasonPhrase(status)}\r\nConnection: close\r\nContent-Length: 0\r\nDate: ${date}\r\n\r\n`)
  const end = () => socket.destroy()
  socket.once('end', end)
  socket.setTimeout(LINGER_MS, end)
}

/** For the server's `connect`: tunnels are made by proxies. */
export function refuseTunnel(socket: Socket): void {
  const before = latestResponse(socket)
  const refuseIt = () => refuseConnection(socket, 501)
  if (before === undefined) refuseIt()
  else whenClosed(before, refuseIt)
}

/** As `node:http` hands it to `clientError`. */
interface ParserError extends NodeJS.ErrnoException {
  /** What came last, and how much of it was understood. */
  readonly rawPacket?: Buffer
  readonly bytesParsed?: number
}

/** For the server's `clientError`. An answer that was promised to an earlier request is not spoiled: the refusal waits until it is out. */
export function refuseMalformed(error: ParserError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || isOver(socket)) return void socket.destroy()
  // The parser stays broken, and says so with everything that comes.
  if (refused.has(socket)) return
  refused.add(socket)
  const refuseIt = () => refuseConnection(socket, statusOf(error))
  const response = latestResponse(socket)
  if (response === undefined) refuseIt()
  else if (response.req.complete) whenClosed(response, refuseIt)
  // From here on it is the content of that request that is malformed: a second answer would be one to nothing.
  else if (response.writableEnded) whenClosed(response, () => linger(response.req))
  else if (response.headersSent) socket.destroy()
  else if (response.socket === null) actInstead(response, refuseIt)
  else refuseIt()
}

/** What the parser found wrong, by its code; anything else is 400. */
const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
  HPE_INVALID_METHOD: 501,
}

/** `method SP request-target`, without an end */
const REQUEST_LINE = /(?:^|\n)[A-Z]+ [^\n]*$/

function statusOf({ code = '', rawPacket, bytesParsed }: ParserError): number {
  const status = STATUS_BY_CODE[code] ?? 400
  // RFC 9112 §3: "A server that receives a request-target longer than any URI it wishes to parse MUST respond with a 414".
  return status === 431 && REQUEST_LINE.test(rawPacket?.toString('latin1', 0, bytesParsed) ?? '') ? 414 : status
}

/** Unless that was the connection's last answer. */
function whenClosed(response: ServerResponse, act: () => void): void {
  const { socket } = response.req
  if (response.closed) act()
  else response.once('close', () => isOver(socket) || act())
}
