/** Responds with a file: validators, preconditions and ranges, in the order of RFC 9110 §13.2.2. */
import { requestError } from '../errors/framework-errors.ts'
import { parseEntityTag } from '../http/entity-tag.ts'
import { formatHTTPDate } from '../http/fields.ts'
import { formatContentRange, formatUnsatisfiedRange, type ByteRange } from '../http/range.ts'
import { applyPreconditions, findRanges, selectedContent } from '../reply/conditions.ts'
import type { Reply } from '../reply/reply.ts'
import { ModelError } from '../schema/model-error.ts'
import { toBody, toPartsBody } from './file-body.ts'
import type { FileLike } from './file-like.ts'
import type { Exchange } from './representation.ts'

/** Headers that are already on the reply win over those of the file. Throws a `RequestError` 412 or 416. */
export async function sendFile(reply: Reply, file: FileLike, mediaType: string, { incoming }: Exchange): Promise<void> {
  const { size } = file
  const { status } = reply
  describe(reply, file, mediaType)
  const outcome = applyPreconditions(reply, incoming, size)
  if (outcome === 'precondition-failed') throw requestError(412)
  if (outcome === 'not-modified') return
  const isRead = incoming.method === 'GET' || incoming.method === 'HEAD'
  if (isRead && status === 200) reply.headers.setDefault('accept-ranges', 'bytes')
  const ranges = findRanges(reply, incoming, size)
  if (ranges === undefined) reply.body = await toBody(file, 0, size, incoming.method)
  else await sendRanges(reply, file, ranges)
}

/**
 * An earlier time is not the time of a change, because the web did not exist. Build tools set such times so that equal inputs give equal archives:
 * 0 (container images), 1 (Nix), 1980 (zip), 1985 (npm).
 */
const FIRST_DATE = Date.UTC(1990, 0)

function describe({ headers }: Reply, { size, etag, lastModified }: FileLike, mediaType: string): void {
  if (!Number.isSafeInteger(size) || size < 0) throw ModelError.at(['size'], 'a number of bytes', size)
  headers.setDefault('content-type', mediaType)
  if (etag !== undefined) {
    if (parseEntityTag(etag) === undefined) throw ModelError.at(['etag'], 'an entity tag with its quotes', etag)
    headers.setDefault('etag', etag)
  }
  // "An origin server with a clock MUST NOT generate a Last-Modified date that is later than the server's time" (§8.8.2.1).
  const modified = Math.min(lastModified ?? NaN, Date.now())
  if (modified >= FIRST_DATE) headers.setDefault('last-modified', formatHTTPDate(new Date(modified)))
}

async function sendRanges(reply: Reply, file: FileLike, ranges: readonly ByteRange[]): Promise<void> {
  const { headers } = reply
  const { size } = file
  const [range] = ranges
  if (range === undefined) throw requestError(416, undefined, { headers: { 'content-range': formatUnsatisfiedRange(size) } })
  const mediaType = headers.get('content-type')!
  const parts = ranges.length === 1 ? undefined : toPartsBody(file, ranges, mediaType)
  // Read before the reply is changed, because the caller uses the reply again if this fails.
  const body = parts === undefined ? await toBody(file, range.start, range.end + 1, 'GET') : parts.body
  reply.selected = selectedContent(reply, size)
  reply.status = 206
  if (parts === undefined) headers.set('content-range', formatContentRange(range, size))
  else headers.set('content-type', parts.mediaType)
  reply.body = body
}
