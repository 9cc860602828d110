/** Request content that nobody read: it must not be taken for the next request, and its sender must see the answer (RFC 9112 §9.3, §9.6). */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isOver } from './turns.ts'

/** So much is read and thrown away to keep a connection, in bytes. */
const WORTH_READING = 65_536
/** How long a sender may go on after the answer: in all, and without sending anything. */
const LINGER_MS = 30_000
const LINGER_SILENCE_MS = 5_000

/** For an answer to a request that is still arriving. True: the connection must close after it. */
export function leaveUnread(message: IncomingMessage, response: ServerResponse): boolean {
  const { socket } = message
  // Before `node:http` throws it away uncounted.
  response.prependOnceListener('finish', () => readOut(message))
  // `node:http` closes with this after the last answer. The reset that a sender would get for its next bytes could erase the answer it has not read yet.
  socket.destroySoon = () => {
    Reflect.deleteProperty(socket, 'destroySoon')
    if (message.complete) socket.destroySoon()
    else linger(message)
  }
  return Number(message.headers['content-length'] ?? 0) > WORTH_READING
}

/** Of chunks nobody knows beforehand how many come: too many of them end the connection. */
function readOut(message: IncomingMessage): void {
  let left = WORTH_READING
  message.on('data', ({ byteLength }: Uint8Array) => {
    left -= byteLength
    if (left < 0 && !isOver(message.socket)) linger(message)
  })
  throwAway(message)
}

function throwAway(message: IncomingMessage): void {
  // A reader that stopped in the middle may still be listening.
  message.removeAllListeners('readable')
  message.read(0)
  message.resume()
}

/** Says that nothing more is answered, and hears the sender out for a while. */
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
