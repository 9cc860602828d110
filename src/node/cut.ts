/** Closes connections so that a client does not mistake a partial response for a complete one. */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { HTTP2_CANCEL, streamOf } from './message.ts'

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
