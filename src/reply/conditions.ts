/** Conditional and range requests for a reply with validators (RFC 9110 §13, §14). */
import type { Incoming } from '../http/incoming.ts'
import { parseHTTPDate } from '../http/fields.ts'
import { evaluateIfRange, evaluatePreconditions, type Outcome, type Validators } from '../http/preconditions.ts'
import { parseRange, type ByteRange } from '../http/range.ts'
import { lengthOf, type Reply, type SelectedContent } from './reply.ts'

/**
 * Evaluates the preconditions of the request against `ETag` and `Last-Modified` of the reply (§13.2.2). Turns the reply into a 304 if it has not
 * changed. `length`: the length of the whole content, in bytes.
 */
export function applyPreconditions(reply: Reply, incoming: Pick<Incoming, 'method' | 'header'>, length?: number): Outcome {
  const { method } = incoming
  // Other methods have already changed the resource, so it is too late for a condition. §13.2.1: conditions apply to 2xx only.
  if ((method !== 'GET' && method !== 'HEAD') || reply.status < 200 || reply.status > 299) return 'proceed'
  const outcome = evaluatePreconditions(method, validatorsOf(reply), (name) => incoming.header(name))
  if (outcome === 'not-modified') toNotModified(reply, length)
  return outcome
}

/** The ranges to send instead of the whole content of `length` bytes; `undefined`: send all of it. An empty list: no range can be satisfied (416). */
export function findRanges(reply: Reply, incoming: Incoming, length: number): readonly ByteRange[] | undefined {
  // "A server MUST ignore a Range header field received with a request method that is unrecognized or for which range handling is not defined" (§14.2).
  const range = incoming.method === 'GET' && reply.status === 200 ? incoming.header('range') : undefined
  const ifRange = incoming.header('if-range')
  if (range === undefined || (ifRange !== undefined && !evaluateIfRange(ifRange, validatorsOf(reply)))) return undefined
  return parseRange(range, length)
}

/** The content headers of the 200 response, even if the reply has become a 206 or a 304. */
export function selectedContent(reply: Reply, length = lengthOf(reply.body)): SelectedContent {
  if (reply.selected !== undefined) return reply.selected
  const { headers } = reply
  return { mediaType: headers.get('content-type'), coding: headers.get('content-encoding'), length }
}

/** Headers of content that is not sent. `Content-Location` and `ETag` stay (§15.4.5). */
const CONTENT_HEADERS = ['accept-ranges', 'content-disposition', 'content-encoding', 'content-language', 'content-length', 'content-type']

function toNotModified(reply: Reply, length: number | undefined): void {
  const { headers } = reply
  reply.selected = selectedContent(reply, length)
  reply.status = 304
  reply.body = null
  for (const name of CONTENT_HEADERS) headers.delete(name)
  // "Last-Modified might be useful if the response does not have an ETag field."
  if (headers.has('etag')) headers.delete('last-modified')
}

function validatorsOf({ headers }: Reply): Validators {
  const lastModified = headers.get('last-modified')
  return { etag: headers.get('etag'), lastModified: lastModified === undefined ? undefined : parseHTTPDate(lastModified) }
}
