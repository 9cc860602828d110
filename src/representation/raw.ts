/** Passes on a WHATWG `Response`, for proxies and for responses that another library has created. */
import { parseList } from '../http/list.ts'
import { isSameMediaType } from '../http/media-type.ts'
import { endWithServer } from '../reply/stream-ending.ts'
import { closeUnread, readChunks } from '../reply/sequence.ts'
import { isResponse, type Chunk, type Reply, type Source } from '../reply/reply.ts'
import { ModelError } from '../schema/model-error.ts'
import { NOTHING } from './chunks.ts'
import type { Representation } from './representation.ts'

/** Fields that belong to one connection (RFC 9110 §7.6.1) or that the writer sets itself. */
const NOT_PASSED_ON = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
])

/** Options of `raw()`. */
export interface RawOptions {
  /**
   * Whether the body is already decoded, so that `Content-Encoding` is removed: `fetch` decodes the body but keeps this header. Default: detected.
   * A response of `fetch` is decoded. For a response that wraps the body of another, the first bytes decide: content that begins like text is decoded.
   * Set it for other content with the coding `br`, which has no fixed first bytes.
   */
  readonly decoded?: boolean
  /** Whether the body never ends by itself. It then ends in order when the server stops. Default: false. */
  readonly endless?: boolean
}

/**
 * Passes on a WHATWG `Response`.
 * Its status must be declared: `{ default: raw() }` allows every status. With a media type, the response must have the same one; without, any content
 * may be sent.
 */
export function raw(mediaType?: string, options?: RawOptions): Representation<Response>
export function raw(options: RawOptions): Representation<Response>
export function raw(first?: string | RawOptions, second: RawOptions = {}): Representation<Response> {
  const [mediaType, options] = typeof first === 'object' ? [undefined, first] : [first, second]
  return {
    kind: 'raw',
    mediaType: undefined,
    content: { form: {}, ...(mediaType === undefined ? { mediaType: '*/*' } : { mediaType }) },
    compile:
      () =>
      (reply, value, { incoming }) => {
        if (!isResponse(value)) throw ModelError.at([], 'Response', value)
        const { body, headers } = value
        const isHead = incoming.method === 'HEAD'
        assertResponse(value, reply.status, mediaType)
        passFields(headers, reply)
        const coding = headers.get('content-encoding')
        const isDecoded = coding === null ? false : (options.decoded ?? (value.url !== '' ? true : undefined))
        if (isDecoded === true) reply.headers.delete('content-encoding')
        if (isHead || body === null) {
          closeUnread(value)
          reply.body = isHead ? nothingOf(headers, isDecoded !== false) : ''
          return undefined
        }
        const chunks = readChunks(body)
        if (isDecoded !== undefined) {
          reply.body = toSource(chunks, options)
          return undefined
        }
        return readFirst(chunks).then((first) => {
          if (first.done === true || !mayBeCoded(first.value, coding!)) reply.headers.delete('content-encoding')
          reply.body = toSource(startWith(first, chunks), options)
        })
      },
  }
}

function assertResponse({ status, body, headers }: Response, expected: number, mediaType: string | undefined): void {
  if (status !== expected) throw new ModelError(['status'], `status ${expected}`, `status ${status}`)
  if (mediaType === undefined || body === null || isSameMediaType(headers.get('content-type') ?? '', mediaType)) return
  throw new ModelError(['content-type'], mediaType, 'another media type')
}

/** Throws a `TypeError` for a value that `Headers` accepts but HTTP does not allow, such as one with control characters. */
function passFields(headers: Headers, reply: Reply): void {
  const ofConnection = parseList((headers.get('connection') ?? '').toLowerCase())
  for (const [name, field] of headers) if (!NOT_PASSED_ON.has(name) && !ofConnection.includes(name)) reply.headers.append(name, field)
}

/** RFC 9110 §8.6: "a server MUST NOT send Content-Length in such a response unless its field value equals" that of a GET. */
function nothingOf(headers: Headers, isDecoded: boolean): Source {
  const length = isDecoded ? null : headers.get('content-length')
  return length !== null && /^\d{1,15}$/.test(length) ? { ...NOTHING, length: Number(length) } : NOTHING
}

/**
 * Whether the first bytes may be those of a coding (RFC 1952 §2.3.1, RFC 1950 §2.2, RFC 8878 §3.1.1). Brotli has no fixed first bytes, but no
 * coding begins like text.
 */
function mayBeCoded(start: Uint8Array, coding: string): boolean {
  const [first = -1, second = -1] = start
  if (/^(?:x-)?gzip$/i.test(coding)) return first === 0x1f && (second === 0x8b || second === -1)
  if (/^zstd$/i.test(coding)) return first === 0x28 && (second === 0xb5 || second === -1)
  if (/^deflate$/i.test(coding) && ((first & 0x0f) !== 8 || (second !== -1 && (first * 256 + second) % 31 !== 0))) return false
  return !isText(start.subarray(0, SAMPLE_BYTES))
}

const SAMPLE_BYTES = 1_024

/** The last character may be incomplete. */
function isText(bytes: Uint8Array): boolean {
  try {
    return !/[^\P{Cc}\t\r\n\f]/u.test(new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true }))
  } catch {
    return false
  }
}

type Chunks = AsyncIterator<Uint8Array>

async function readFirst(chunks: Chunks): Promise<IteratorResult<Uint8Array>> {
  const next = await chunks.next()
  return next.done === true || next.value.length > 0 ? next : readFirst(chunks)
}

function startWith(first: IteratorResult<Uint8Array>, rest: Chunks): Chunks {
  let isFirst = true
  return {
    next() {
      if (!isFirst) return rest.next()
      isFirst = false
      return Promise.resolve(first)
    },
    return: () => rest.return!(),
  }
}

function toSource(chunks: Chunks, { endless = false }: RawOptions): Source {
  if (!endless) return { open: () => chunks as AsyncIterator<Chunk> }
  return {
    endless,
    open: (signal) => endWithServer(chunks as AsyncIterator<Chunk>, signal),
  }
}
