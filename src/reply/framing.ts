/** Headers that frame a message (RFC 9112 §6). The writer sets them and replaces what a handler or layer set. */
import { isNullBodyStatus } from '../http/status.ts'
import type { Body, Reply } from './reply.ts'

/** `trailer` is removed because no reply has trailers. */
const OF_WRITER = new Set(['content-length', 'transfer-encoding', 'trailer'])

/** Sets `Content-Length` where the length is known, and removes `Content-Type` where the status allows no content. */
export function setFraming({ status, headers: { flat }, body }: Reply): void {
  const isNull = isNullBodyStatus(status)
  for (let i = flat.length - 2; i >= 0; i -= 2) {
    const name = flat[i]!
    if (OF_WRITER.has(name) || (isNull && name === 'content-type')) flat.splice(i, 2)
  }
  // A 205 says that it has no content by a length of 0 (RFC 9110 §15.3.6); for 204 and 304 the field is not allowed or not needed (§8.6).
  const length = !isNull ? lengthOf(body) : status === 205 ? 0 : undefined
  if (length !== undefined) flat.push('content-length', String(length))
}

/** In bytes; `undefined` where only the end of the stream will tell. */
export function lengthOf(body: Body): number | undefined {
  if (typeof body === 'string') return body.length
  if (body === null) return 0
  return body instanceof Uint8Array ? body.byteLength : body.length
}
