/** Requests of one connection, one after the other (RFC 9112 §9.3.2): pipelined ones wait until those before them are answered. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

export type NodeHandler = (message: IncomingMessage, response: ServerResponse) => void

const LATEST = Symbol('latest response')

/** A property, because it is written with every request. */
interface Connection extends Socket {
  [LATEST]?: ServerResponse | undefined
}

/** The response to the latest request that came over a connection, until both are complete. */
export function latestResponse(socket: Socket): ServerResponse | undefined {
  return (socket as Connection)[LATEST]
}

/** What is done in the turn of a request that can't be handled any more. */
const instead = new WeakMap<ServerResponse, () => void>()

/** For a request that still waits for its turn. */
export function actInstead(response: ServerResponse, act: () => void): void {
  instead.set(response, act)
}

/** A request whose connection ends before its turn is never handled. */
export function inTurn(handler: NodeHandler): NodeHandler {
  return (message, response) => {
    const connection: Connection = message.socket
    const before = connection[LATEST]
    connection[LATEST] = response
    response.on('close', forget)
    if (response.socket === null && before !== undefined) wait(connection, before, () => handler(message, response))
    else if (!isOver(connection)) handler(message, response)
  }
}

/** What an idle connection still held of its last request would outlive others by far, and have V8 take all of their kind for long-lived. */
function forget(this: ServerResponse): void {
  const { req } = this
  const connection: Connection = req.socket
  if (connection[LATEST] !== this) return
  // While content still arrives, what is wrong with it is no request of its own.
  if (req.complete) connection[LATEST] = undefined
  else req.once('close', () => forget.call(this))
}

function wait(connection: Connection, before: ServerResponse, handle: () => void): void {
  // Whoever sends requests without waiting for answers must not fill the memory with them.
  connection.pause()
  const response = connection[LATEST]!
  before.once('close', () => {
    if (connection[LATEST] === response) connection.resume()
    const act = instead.get(response) ?? handle
    if (!isOver(connection)) act()
  })
}

/** Is the last answer out (RFC 9112 §9.6), or the client gone? */
export function isOver({ writableEnded, destroyed }: Socket): boolean {
  return writableEnded || destroyed
}
