/** Puts a Reply on the wire, straight through `node:http`. */
import type { ServerResponse } from 'node:http'
import { isListField } from '../http/fields.ts'
import { isNullBodyStatus, reasonPhrase } from '../http/status.ts'
import { setFraming, discard, isSource, type Reply } from '../reply/reply.ts'
import { cutOff, leaveUnread } from './close.ts'
import { slowClients } from './connections.ts'
import { streamOf } from './message.ts'
import type { NodeIncoming } from './incoming.ts'
import type { OpenStreams } from './open-streams.ts'

/** Up to this size, in bytes, one write of head and body together is cheaper than two. */
const ONE_WRITE_LIMIT = 4_096

const CONNECTION_FIELDS = ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'] as const

/** Throws if the reply cannot be sent. No byte has been sent then. */
export function writeReply(reply: Reply, incoming: NodeIncoming, streams: OpenStreams): void {
  const { response } = incoming
  incoming.follow(reply)
  if (response.headersSent || incoming.isAbandoned) {
    discard(reply)
    void reply.afterwards?.()
    return
  }
  try {
    writeHead(reply, incoming, streams)
  } catch (error) {
    discard(reply)
    void reply.afterwards?.({ error })
    throw error
  }
  writeBody(reply, incoming, streams)
}

function writeHead(reply: Reply, incoming: NodeIncoming, streams: OpenStreams): void {
  const { status, headers } = reply
  const { response, message } = incoming
  if (!(status >= 200 && status <= 599)) throw new RangeError(`REPLY_STATUS: reply: ${status} can't end an exchange. Use 200 to 599.`)
  setFraming(reply)
  if (streamOf(message) !== undefined) return writeStreamHead(reply, incoming)
  const isUnread = incoming.isUnread && leaveUnread(message, response)
  // RFC 9112 §9.6: a server that was asked to close the connection MUST close it. With any other option in the field, `node:http` keeps it open.
  const isKept = response.shouldKeepAlive || !headers.has('connection')
  if (isUnread || streams.hasBegun || !isKept) headers.set('connection', 'close')
  else if (incoming.keepAlive !== undefined && staysOpen(reply, incoming)) headers.flat.push('keep-alive', incoming.keepAlive)
  if (response.getHeaderNames().length > 0) mergeHead(response, reply)
  else response.writeHead(status, reasonPhrase(status), headers.flat)
}

/** HTTP/2 has no reason phrases (RFC 9113 §8.3.2), and no fields for one connection (§8.2.2). */
function writeStreamHead({ status, headers }: Reply, { message, response, isUnread }: NodeIncoming): void {
  for (const name of CONNECTION_FIELDS) headers.delete(name)
  setFields(response, headers)
  if (isUnread) response.once('finish', () => streamOf(message)?.close())
  response.writeHead(status)
}

/** Whether to send `Keep-Alive`. Not for HTTP/1.0, which closes the connection if the length is not known, and not if the handler set these fields itself. */
function staysOpen({ headers }: Reply, { response, message }: NodeIncoming): boolean {
  return response.shouldKeepAlive && message.httpVersionMinor !== 0 && !headers.has('connection') && !headers.has('keep-alive')
}

/** Merges fields that another framework or middleware has set on the response: `writeHead` alone would keep only one of several cookies. */
function mergeHead(response: ServerResponse, { status, headers }: Reply): void {
  setFields(response, headers)
  response.writeHead(status, reasonPhrase(status))
}

function setFields(response: ServerResponse, headers: Reply['headers']): void {
  const own = new Set<string>()
  for (const [name, value] of headers) {
    if (own.has(name) || isListField(name)) response.appendHeader(name, value)
    else response.setHeader(name, value)
    own.add(name)
  }
}

function writeBody(reply: Reply, incoming: NodeIncoming, streams: OpenStreams): void {
  const { response } = incoming
  const { body, afterwards } = reply
  const isNull = isNullBodyStatus(reply.status)
  const isUnwanted = isNull || incoming.method === 'HEAD'
  if (isSource(body) && !isUnwanted) {
    void streams.write(body, incoming).then(afterwards)
    return
  }
  if (isNull) discard(reply)
  if (afterwards !== undefined) response.on('close', () => void afterwards())
  if (body === null || isSource(body) || isUnwanted) response.end()
  else {
    if (streamOf(incoming.message) === undefined) writeWhole(body, response)
    else response.write(body)
    response.end()
    if (response.writableLength > 0) cutWhenSlow(incoming)
  }
}

function cutWhenSlow({ response, message, slowClientMs }: NodeIncoming): void {
  slowClients.watch(response, slowClientMs, () => cutOff(message))
  response.on('close', () => slowClients.unwatch(response))
}

/**
 * Writes head and content at once, joined if they are short. `write` alone would keep the socket corked until the next tick, and `end` would
 * add an empty buffer.
 */
function writeWhole(body: string | Uint8Array, response: ServerResponse): void {
  const { socket } = response
  socket?.cork()
  if (typeof body === 'string') response.write(body, 'latin1')
  else if (body.byteLength > ONE_WRITE_LIMIT) response.write(body)
  else response.write(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1'), 'latin1')
  socket?.uncork()
}
