/** Passes on a WHATWG `Response`, for proxies and for responses that another library has created. */
import { isSameMediaType } from '../http/media-type.ts'
import { endWithServer } from '../reply/stream-ending.ts'
import { readChunks } from '../reply/sequence.ts'
import { isResponse, type Chunk, type Source } from '../reply/reply.ts'
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
   * A response of `fetch` is decoded. For a response that wraps the body of another, the first bytes decide, except for `br`.
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
        const breach = findBreach(value, reply.status, mediaType)
        if (breach !== undefined || isHead) body?.cancel().catch(() => undefined)
        if (breach !== undefined) throw breach
        const pass = (isDecoded: boolean) => {
          const ofConnection = new Set(
            (headers.get('connection') ?? '')
              .toLowerCase()
              .split(',')
              .map((name) => name.trim()),
          )
          for (const [name, field] of headers) {
            if (NOT_PASSED_ON.has(name) || ofConnection.has(name) || (isDecoded && name === 'content-encoding')) continue
            reply.headers.append(name, field)
          }
        }
        const coding = headers.get('content-encoding')
        const isDecoded = coding === null ? false : (options.decoded ?? (value.url !== '' ? true : undefined))
        if (isHead || body === null) {
          pass(isDecoded ?? false)
          reply.body = isHead ? nothingOf(headers, isDecoded === true) : ''
          return undefined
        }
        const chunks = readChunks(body)
        if (isDecoded !== undefined) {
          pass(isDecoded)
          reply.body = toSource(chunks, options)
          return undefined
        }
        return chunks.next().then((first) => {
          pass(first.done !== true && !mayBeCoded(first.value, coding!))
          reply.body = toSource(startWith(first, chunks), options)
        })
      },
  }
}

function findBreach({ status, body, headers }: Response, expected: number, mediaType: string | undefined): ModelError | undefined {
  if (status !== expected) return new ModelError(['status'], `status ${expected}`, `status ${status}`)
  if (mediaType === undefined || body === null || isSameMediaType(headers.get('content-type') ?? '', mediaType)) return undefined
  return new ModelError(['content-type'], mediaType, 'another media type')
}

/** RFC 9110 §8.6: "a server MUST NOT send Content-Length in such a response unless its field value equals" that of a GET. */
function nothingOf(headers: Headers, isDecoded: boolean): Source {
  const length = isDecoded ? null : headers.get('content-length')
  return length !== null && /^\d{1,15}$/.test(length) ? { ...NOTHING, length: Number(length) } : NOTHING
}

/** Whether the first bytes may be those of a coding (RFC 1952 §2.3.1, RFC 1950 §2.2, RFC 8878 §3.1.1). Brotli has no fixed first bytes. */
function mayBeCoded([first, second]: Uint8Array, coding: string): boolean {
  if (first === undefined || second === undefined) return true
  if (/^(?:x-)?gzip$/i.test(coding)) return first === 0x1f && second === 0x8b
  if (/^deflate$/i.test(coding)) return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0
  if (/^zstd$/i.test(coding)) return first === 0x28 && second === 0xb5
  return true
}

type Chunks = AsyncIterator<Uint8Array>

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
