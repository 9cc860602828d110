/** A WHATWG `Response` passed on as it is: for proxies, and for what another library has already made. */
import { isSameMediaType } from '../http/media-type.ts'
import { readChunks } from '../reply/read-chunks.ts'
import type { Source } from '../reply/reply.ts'
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

/** Its status must be the declared one, and so must its media type where one is declared: without one, any content may come. */
export function raw(mediaType?: string): Representation<Response> {
  return {
    kind: 'raw',
    mediaType: undefined,
    content: { form: {}, ...(mediaType === undefined ? { mediaType: '*/*' } : { mediaType }) },
    compile:
      () =>
      (reply, value, { incoming }) => {
        if (!(value instanceof Response)) throw ModelError.at([], 'Response', value)
        const { body } = value
        const breach = findBreach(value, reply.status, mediaType)
        if (breach !== undefined || incoming.method === 'HEAD') body?.cancel().catch(() => undefined)
        if (breach !== undefined) throw breach
        for (const [name, field] of value.headers) if (isPassedOn(name, value)) reply.headers.append(name, field)
        reply.body = body === null ? '' : incoming.method === 'HEAD' ? NOTHING : toSource(body)
      },
  }
}

function findBreach({ status, body, headers }: Response, promised: number, mediaType: string | undefined): ModelError | undefined {
  if (status !== promised) return ModelError.at(['status'], `status ${promised}`, status)
  if (mediaType === undefined || body === null || isSameMediaType(headers.get('content-type') ?? '', mediaType)) return undefined
  return new ModelError(['content-type'], mediaType, 'another media type')
}

/** `fetch` decodes content but leaves the field that says how it was encoded. Only what was fetched has a URL. */
function isPassedOn(name: string, { url }: Response): boolean {
  return !NOT_PASSED_ON.has(name) && !(name === 'content-encoding' && url !== '')
}

/** Throws a `TypeError` where it is read already. */
function toSource(body: ReadableStream<Uint8Array>): Source {
  const chunks = readChunks(body)
  return { open: () => chunks }
}
