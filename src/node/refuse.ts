/** Answers that need no app: to what is no request of HTTP/1.1, or none for an origin server. They explain themselves as a problem (RFC 9457). */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { formatHTTPDate } from '../http/http-date.ts'
import { reasonPhrase } from '../http/status.ts'
import { isHost } from './request-target.ts'
import { actInstead, isOver, latestResponse } from './turns.ts'
import { leaveUnread, linger } from './unread-body.ts'

export interface Refusal {
  readonly status: number
  /** What is wrong. Never holds what came. Default: the reason phrase. */
  readonly detail?: string | undefined
}

/** What makes a request that the parser took unfit to be answered. */
export function faultOf({ httpVersionMajor, httpVersionMinor, headers }: IncomingMessage): Refusal | undefined {
  if (httpVersionMajor !== 1) return { status: 505, detail: 'HTTP/1.1 is spoken here' }
  // RFC 9112 §3.2: HTTP/1.0 alone does without.
  if (headers.host === undefined ? httpVersionMinor !== 0 : !isHost(headers.host))
    return { status: 400, detail: 'One valid Host is needed' }
  const coding = headers['transfer-encoding']
  if (coding === undefined) return undefined
  // RFC 9112 §6.1: HTTP/1.0 knows no transfer coding, and this server no other than `chunked`.
  if (httpVersionMinor === 0) return { status: 400, detail: 'HTTP/1.0 has no transfer codings' }
  return coding.toLowerCase() === 'chunked' ? undefined : { status: 501, detail: 'The only transfer coding is chunked' }
}

/** Connections that have had their last answer. */
const refused = new WeakSet<Socket>()

/** Closes the connection: what follows on it is not known to be a request. */
export function refuse(response: ServerResponse, refusal: Refusal): void {
  if (response.headersSent) return void response.destroy()
  if (!response.req.complete) leaveUnread(response.req, response)
  refused.add(response.req.socket)
  const content = formatProblem(refusal)
  response.writeHead(refusal.status, reasonPhrase(refusal.status), fieldsFor(content))
  response.end(content)
}

/** RFC 9110 §15.5: "the server SHOULD send a representation containing an explanation of the error situation". */
function formatProblem({ status, detail = reasonPhrase(status) }: Refusal): string {
  return JSON.stringify({ title: reasonPhrase(status), status, detail })
}

function fieldsFor(content: string): string[] {
  return ['connection', 'close', 'content-type', 'application/problem+json', 'content-length', String(content.length)]
}

/** How long a client may take to notice a refusal. */
const LINGER_MS = 2_000

/** Where there is no response to write to. */
function refuseConnection(socket: Socket, refusal: Refusal, withContent: boolean): void {
  const { status } = refusal
  const content = withContent ? formatProblem(refusal) : ''
  const fields = [...fieldsFor(content), 'date', formatHTTPDate(new Date())]
  const lines = fields.map((text, at) => text + (at % 2 === 0 ? ': ' : '\r\n'))
  socket.end(`HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n${lines.join('')}\r\n${content}`)
  const end = () => socket.destroy()
  socket.once('end', end)
  socket.setTimeout(LINGER_MS, end)
}

/** For the server's `connect`: tunnels are made by proxies. */
export function refuseTunnel(socket: Socket): void {
  const before = latestResponse(socket)
  const refuseIt = () => refuseConnection(socket, { status: 501, detail: 'No tunnels are made here' }, true)
  if (before === undefined) refuseIt()
  else whenClosed(before, refuseIt)
}

/** As `node:http` hands it to `clientError`. */
interface ParserError extends NodeJS.ErrnoException {
  /** What is wrong, in words of its own. */
  readonly reason?: string
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
  const packet = error.rawPacket?.toString('latin1', 0, error.bytesParsed) ?? ''
  const refusal = { status: statusOf(error, packet), detail: error.reason }
  // Whoever asks for a head alone takes what follows it for something else.
  const refuseIt = () => refuseConnection(socket, refusal, !/^HEAD /m.test(packet))
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

function statusOf({ code = '' }: ParserError, packet: string): number {
  const status = STATUS_BY_CODE[code] ?? 400
  // RFC 9112 §3: "A server that receives a request-target longer than any URI it wishes to parse MUST respond with a 414".
  return status === 431 && REQUEST_LINE.test(packet) ? 414 : status
}

/** Unless that was the connection's last answer. */
function whenClosed(response: ServerResponse, act: () => void): void {
  const { socket } = response.req
  if (response.closed) act()
  else response.once('close', () => isOver(socket) || act())
}
