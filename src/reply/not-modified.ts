/** Not Modified (RFC 9110 §15.4.5): an answer shrinks to what a cache needs of it. */
import type { Reply } from './reply.ts'

/** What describes content that does not come. `Content-Location` and `ETag` stay, as the RFC says. */
const LEFT_OUT = ['accept-ranges', 'content-disposition', 'content-encoding', 'content-language', 'content-length', 'content-type']

export function toNotModified(reply: Reply): void {
  const { headers } = reply
  reply.status = 304
  reply.body = null
  for (const name of LEFT_OUT) headers.delete(name)
  // "Last-Modified might be useful if the response does not have an ETag field."
  if (headers.has('etag')) headers.delete('last-modified')
}
