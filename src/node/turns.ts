/** Handles the requests of one connection in order (RFC 9112 §9.3.2): a pipelined request waits until the earlier responses are complete. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** A listener of `node:http`. It is also Connect middleware: `next` passes the request back to the host. */
export type NodeHandler = (message: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void) => void

/** While more requests of a connection are waiting, nothing more is read from it. */
const WAITING_LIMIT = 100
/** A connection that is not read does not notice that its client has disconnected: it is closed if none of its requests starts within this time. */
const STOPPED_MS = 60_000

const LATEST = Symbol('latest response')
const WAITING = Symbol('number of requests that wait')
const STOPPED = Symbol('timer of a connection that is not read')
const OVER = Symbol('no further request is handled')

/** Properties, because they are written with every request. */
interface Connection extends Socket {
  [LATEST]?: ServerResponse | undefined
  [WAITING]?: number
  [STOPPED]?: NodeJS.Timeout | undefined
  [OVER]?: true
}

/** The response to the latest request of a connection, until both are complete. */
export function latestResponse(socket: Socket): ServerResponse | undefined {
  return (socket as Connection)[LATEST]
}

/** What to do instead of handling a request, when its turn comes. */
const instead = new WeakMap<ServerResponse, () => void>()

/** Replaces the handling of a request that still waits for its turn. */
export function actInstead(response: ServerResponse, act: () => void): void {
  instead.set(response, act)
}

/** Ignores each request that arrives later (RFC 9112 §9.6). Those that wait already keep their turn. */
export function endTurns(socket: Socket): void {
  const connection: Connection = socket
  connection[OVER] = true
}

export function hasEndedTurns(socket: Socket): boolean {
  return (socket as Connection)[OVER] === true
}

/** A request whose connection ends before its turn is never handled. */
export function inTurn(handler: NodeHandler): NodeHandler {
  return (message, response, next) => {
    // The streams of HTTP/2 need no turns.
    if (message.httpVersionMajor === 2) return handler(message, response, next)
    const connection: Connection = message.socket
    // Its content is read and discarded: the rest of the connection must arrive before the connection can end in order.
    if (connection[OVER] === true) return void message.resume()
    const before = connection[LATEST]
    connection[LATEST] = response
    response.on('close', forget)
    if (response.socket === null && before !== undefined) wait(connection, before, () => handler(message, response, next))
    else if (!isOver(connection)) handler(message, response, next)
  }
}

/** Releases the response of an idle connection. Otherwise V8 would promote it to the old space, and then allocate all objects of its kind there. */
function forget(this: ServerResponse): void {
  const { req } = this
  const connection: Connection = req.socket
  if (connection[LATEST] !== this) return
  // While content still arrives, an error in it belongs to this request.
  if (req.complete) connection[LATEST] = undefined
  else req.on('close', () => forget.call(this))
}

function wait(connection: Connection, before: ServerResponse, handle: () => void): void {
  const response = connection[LATEST]!
  connection[WAITING] = (connection[WAITING] ?? 0) + 1
  if (connection[WAITING] > WAITING_LIMIT) stopReading(connection)
  before.on('close', () => {
    connection[WAITING] -= 1
    if (connection[STOPPED] !== undefined) readAgain(connection)
    const act = instead.get(response) ?? handle
    if (!isOver(connection)) act()
  })
}

function stopReading(connection: Connection): void {
  if (connection[STOPPED] !== undefined) return
  const timer = setTimeout(() => connection.destroy(), STOPPED_MS).unref()
  connection[STOPPED] = timer
  connection.once('close', () => clearTimeout(timer))
  // `node:http` reads from the handle of a socket, and `pause()` has no effect, until something listens for its data.
  connection.on('data', ignore).off('data', ignore)
  // `node:http` resumes the socket whenever its buffer drains.
  connection.on('resume', pauseAgain)
  connection.pause()
}

function readAgain(connection: Connection): void {
  if (connection[WAITING]! > WAITING_LIMIT / 2) return void connection[STOPPED]!.refresh()
  clearTimeout(connection[STOPPED])
  connection[STOPPED] = undefined
  connection.off('resume', pauseAgain)
  // While the socket must drain, the parser of `node:http` may be paused, and bytes that reach it are an error.
  if (connection.writableNeedDrain) connection.once('drain', () => connection[STOPPED] ?? connection.resume())
  else connection.resume()
}

function pauseAgain(this: Socket): void {
  this.pause()
}

function ignore(): void {}

/** Whether the last response was sent (RFC 9112 §9.6) or the client has disconnected. */
export function isOver({ writableEnded, destroyed }: Socket): boolean {
  return writableEnded || destroyed
}
