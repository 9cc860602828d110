/** Puts a Reply on the wire, straight through `node:http`. */
import type { ServerResponse } from 'node:http'
import { isListField } from '../http/fields.ts'
import { isNullBodyStatus, reasonPhrase } from '../http/status.ts'
import { setFraming } from '../reply/framing.ts'
import { isSource, type Reply } from '../reply/reply.ts'
import { discard } from '../reply/source.ts'
import type { NodeIncoming } from './incoming.ts'
import type { Shutdown } from './shutdown.ts'
import { leaveUnread } from './unread-body.ts'

/** Up to here one write of head and text together is cheaper than two, for bytes too. */
const ONE_WRITE_LIMIT = 4_096

/** Throws what keeps the reply from being sent: nothing of it was. */
export function writeReply(reply: Reply, incoming: NodeIncoming, shutdown: Shutdown): void {
  const { response } = incoming
  if (response.headersSent || incoming.isAbandoned) {
    discard(reply)
    reply.afterwards?.()
    return
  }
  try {
    writeHead(reply, incoming, shutdown)
  } catch (error) {
    discard(reply)
    reply.afterwards?.(error)
    throw error
  }
  writeBody(reply, incoming, shutdown)
}

function writeHead(reply: Reply, incoming: NodeIncoming, shutdown: Shutdown): void {
  const { status, headers } = reply
  const { response, message } = incoming
  if (!(status >= 200 && status <= 599)) throw new RangeError(`REPLY_STATUS: reply: ${status} can't end an exchange. Use 200 to 599.`)
  setFraming(reply)
  const isUnread = incoming.isUnread && leaveUnread(message, response)
  if (isUnread || shutdown.hasBegun) headers.set('connection', 'close')
  else if (incoming.keepAlive !== undefined && staysOpen(reply, incoming)) headers.flat.push('keep-alive', incoming.keepAlive)
  if (response.getHeaderNames().length > 0) mergeHead(response, reply)
  else response.writeHead(status, reasonPhrase(status), headers.flat)
}

/** Without a word of the handler's own. HTTP/1.0 closes where the length is not known. */
function staysOpen({ headers }: Reply, { response, message }: NodeIncoming): boolean {
  return response.shouldKeepAlive && message.httpVersionMinor !== 0 && !headers.has('connection') && !headers.has('keep-alive')
}

/** With fields that another framework or middleware put on the response: `writeHead` alone would keep one of several cookies. */
function mergeHead(response: ServerResponse, { status, headers }: Reply): void {
  const own = new Set<string>()
  for (const [name, value] of headers) {
    if (own.has(name) || isListField(name)) response.appendHeader(name, value)
    else response.setHeader(name, value)
    own.add(name)
  }
  response.writeHead(status, reasonPhrase(status))
}

function writeBody(reply: Reply, incoming: NodeIncoming, shutdown: Shutdown): void {
  const { response } = incoming
  const { body, afterwards } = reply
  const isNull = isNullBodyStatus(reply.status)
  const isUnwanted = isNull || incoming.method === 'HEAD'
  if (isSource(body) && !isUnwanted) {
    void shutdown.write(body, incoming).then(afterwards)
    return
  }
  if (isNull) discard(reply)
  if (afterwards !== undefined) response.once('close', () => afterwards())
  if (body === null || isSource(body) || isUnwanted) response.end()
  else {
    writeWhole(body, response)
    response.end()
  }
}

/**
 * Head and content in one write, of one piece where they are short. By itself, `write` would keep the socket corked until the next tick, and `end`
 * add an empty piece.
 */
function writeWhole(body: string | Uint8Array, response: ServerResponse): void {
  const { socket } = response
  socket?.cork()
  if (typeof body === 'string') response.write(body, 'latin1')
  else if (body.byteLength > ONE_WRITE_LIMIT) response.write(body)
  else response.write(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1'), 'latin1')
  socket?.uncork()
}
