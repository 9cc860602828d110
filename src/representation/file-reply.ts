/** An answer with a file: validators, conditions, ranges, in the order of RFC 9110 §13.2.2. */
import { RequestError } from '../errors/framework-errors.ts'
import { parseEntityTag } from '../http/entity-tag.ts'
import { formatHTTPDate, parseHTTPDate } from '../http/http-date.ts'
import { evaluateIfRange, evaluatePreconditions, type Validators } from '../http/preconditions.ts'
import { formatContentRange, formatUnsatisfiedRange, parseRange, type ByteRange } from '../http/range.ts'
import { toNotModified } from '../reply/not-modified.ts'
import type { Reply } from '../reply/reply.ts'
import { ModelError } from '../schema/model-error.ts'
import { toBody, toPartsBody } from './file-body.ts'
import type { FileLike } from './file-like.ts'
import type { Exchange } from './representation.ts'

/** Fields that stand on the reply already win over what the file says. Throws a `RequestError` 412 or 416. */
export async function sendFile(reply: Reply, file: FileLike, mediaType: string, { incoming }: Exchange): Promise<void> {
  const { method } = incoming
  describe(reply, file, mediaType)
  // Of a method that changes something the change is made: a condition would come too late. Of other statuses RFC 9110 §13.2.1 says so.
  if ((method === 'GET' || method === 'HEAD') && reply.status >= 200 && reply.status < 300) {
    const validators = validatorsOf(reply)
    const header = (name: string) => incoming.header(name)
    const outcome = evaluatePreconditions(method, validators, header)
    if (outcome === 'precondition-failed') throw new RequestError(412)
    if (outcome === 'not-modified') return toNotModified(reply)
    if (reply.status === 200) {
      reply.headers.setDefault('accept-ranges', 'bytes')
      const ranges = method === 'GET' ? rangesOf(header, file.size, validators) : undefined
      if (ranges !== undefined) return sendRanges(reply, file, ranges)
    }
  }
  reply.body = await toBody(file, 0, file.size, method)
}

function describe({ headers }: Reply, { etag, lastModified }: FileLike, mediaType: string): void {
  headers.setDefault('content-type', mediaType)
  if (etag !== undefined) {
    if (parseEntityTag(etag) === undefined) throw ModelError.at(['etag'], 'an entity tag with its quotes', etag)
    headers.setDefault('etag', etag)
  }
  // "An origin server with a clock MUST NOT generate a Last-Modified date that is later than the server's time" (§8.8.2.1).
  const modified = Math.min(lastModified ?? NaN, Date.now())
  if (modified >= 0) headers.setDefault('last-modified', formatHTTPDate(new Date(modified)))
}

function validatorsOf({ headers }: Reply): Validators {
  const lastModified = headers.get('last-modified')
  return { etag: headers.get('etag'), lastModified: lastModified === undefined ? undefined : parseHTTPDate(lastModified) }
}

/** `undefined` where the whole is to be sent. */
function rangesOf(header: (name: string) => string | undefined, size: number, validators: Validators): readonly ByteRange[] | undefined {
  const range = header('range')
  const ifRange = header('if-range')
  if (range === undefined || (ifRange !== undefined && !evaluateIfRange(ifRange, validators))) return undefined
  return parseRange(range, size)
}

async function sendRanges(reply: Reply, file: FileLike, ranges: readonly ByteRange[]): Promise<void> {
  const [range] = ranges
  if (range === undefined) throw new RequestError(416, undefined, { headers: { 'content-range': formatUnsatisfiedRange(file.size) } })
  reply.status = 206
  if (ranges.length === 1) {
    reply.headers.set('content-range', formatContentRange(range, file.size))
    reply.body = await toBody(file, range.start, range.end + 1, 'GET')
  } else {
    const { mediaType, body } = toPartsBody(file, ranges, reply.headers.get('content-type')!)
    reply.headers.set('content-type', mediaType)
    reply.body = body
  }
}
