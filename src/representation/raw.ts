/** A WHATWG `Response` passed on as it is: for proxies, and for what another library has already made. */
import { readChunks } from '../reply/read-chunks.ts'
import { ModelBreach } from '../schema/breach.ts'
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

/** Its status must be the declared one. Without a media type, any content may come. */
export function raw(mediaType?: string): Representation<Response> {
  return {
    kind: 'raw',
    mediaType: undefined,
    content: { form: {}, ...(mediaType === undefined ? { mediaType: '*/*' } : { mediaType }) },
    compile: () => (reply, value) => {
      if (!(value instanceof Response)) throw ModelBreach.at([], 'Response', value)
      if (value.status !== reply.status) throw ModelBreach.at(['status'], `status ${reply.status}`, value.status)
      for (const [name, field] of value.headers) if (!NOT_PASSED_ON.has(name)) reply.headers.append(name, field)
      const { body } = value
      reply.body = body === null ? '' : { open: () => readChunks(body) }
    },
  }
}
