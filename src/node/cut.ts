/** Cuts connections in a way that no client takes what it got for the whole. */
import type { IncomingMessage } from 'node:http'
import { constants } from 'node:http2'
import type { Socket } from 'node:net'
import { streamOf } from './message.ts'

/** Ends the connection, or the stream, of a client that takes nothing. */
export function cutOff(message: IncomingMessage): void {
  const stream = streamOf(message)
  if (stream === undefined) cut(message.socket, message)
  else stream.close(constants.NGHTTP2_CANCEL)
}

/** `message`: the request that is being answered, if there is one. */
export function cut(socket: Socket, message: IncomingMessage | undefined): void {
  // To HTTP/1.0 a body may have neither a length nor chunks: an orderly end of the connection says that it is complete (RFC 9112 §8).
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
