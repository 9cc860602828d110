/** Closes connections: in order after a request whose content nobody read (RFC 9112 §9.3, §9.6), or at once, so that a partial response does not look complete. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { HTTP2_CANCEL, streamOf } from './message.ts'
import { isOver } from './turns.ts'

/** How many bytes are read and discarded to keep a connection open. */
const WORTH_READING = 65_536
/** How long a client may continue to send after the response: in total, and without sending anything. */
const LINGER_MS = 30_000
const LINGER_SILENCE_MS = 5_000

/**
 * For a response to a request that is still arriving: its content must not be parsed as the next request, and its sender must get the response. Returns true if
 * the connection must be closed after the response.
 */
export function leaveUnread(message: IncomingMessage, response: ServerResponse): boolean {
  const { socket } = message
  failWithConnection(message)
  // Runs before `node:http` discards the content without counting it.
  response.prependOnceListener('finish', () => readOut(message))
  // `node:http` calls `destroySoon` after the last response. A client that is still sending would get a reset, which could discard the response.
  socket.destroySoon = () => {
    Reflect.deleteProperty(socket, 'destroySoon')
    if (message.complete) socket.destroySoon()
    else linger(message)
  }
  return Number(message.headers['content-length'] ?? 0) > WORTH_READING
}

/**
 * Lets whatever still reads the content, such as a handler that a middleware did not wait for, get an error when the client disconnects. `node:http`
 * does not tell a message whose response is complete.
 */
function failWithConnection(message: IncomingMessage): void {
  const { socket } = message
  const fail = () => message.destroy()
  socket.once('close', fail)
  message.once('close', () => socket.off('close', fail))
}

/** Reads and discards the rest of the content. The length of chunked content is not known: too much of it closes the connection. */
function readOut(message: IncomingMessage): void {
  let left = WORTH_READING
  message.on('data', ({ byteLength }: Uint8Array) => {
    left -= byteLength
    if (left < 0 && !isOver(message.socket)) linger(message)
  })
  throwAway(message)
}

function throwAway(message: IncomingMessage): void {
  // A reader that stopped early may have left a listener.
  message.removeAllListeners('readable')
  message.read(0)
  message.resume()
}

/** Ends the sending side of the connection, and reads what the client still sends for a limited time. */
export function linger(message: IncomingMessage): void {
  const { socket } = message
  const end = () => socket.destroy()
  const timer = setTimeout(end, LINGER_MS).unref()
  socket.once('close', () => clearTimeout(timer))
  socket.setTimeout(LINGER_SILENCE_MS, end)
  message.once('end', end)
  socket.end()
  throwAway(message)
}

/** Closes the connection, or the HTTP/2 stream, of a client that reads nothing. */
export function cutOff(message: IncomingMessage): void {
  const stream = streamOf(message)
  if (stream === undefined) cut(message.socket, message)
  else stream.close(HTTP2_CANCEL)
}

/** `message`: the request whose response is being sent, if there is one. */
export function cut(socket: Socket, message: IncomingMessage | undefined): void {
  // In HTTP/1.0 a body may have neither a length nor chunks: it is then complete when the connection ends in order (RFC 9112 §8).
  if (message?.httpVersionMinor === 0) reset(socket)
  else socket.destroy()
}

export function reset(socket: Socket): void {
  try {
    socket.resetAndDestroy()
  } catch {
    // Only TCP has resets. Over TLS, the missing close alert tells the client.
    socket.destroy()
  }
}
