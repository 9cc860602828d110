/** What may happen to a body between its making and the wire. */
import { ModelError } from '../schema/model-error.ts'
import { isSource, type Reply, type Source } from './reply.ts'

/** `Content-Length = 1*DIGIT`; beyond fifteen a number is not exact. */
const CONTENT_LENGTH = /^\d{1,15}$/

/** A `content-length` field that was put on a streamed body becomes its source's length, which a writer holds the producer to. */
export function adoptContentLength(reply: Reply): void {
  const { body, headers } = reply
  const field = isSource(body) ? headers.get('content-length') : undefined
  if (!isSource(body) || field === undefined) return
  if (!CONTENT_LENGTH.test(field)) throw new ModelError(['content-length'], 'a number of bytes', 'other text')
  headers.delete('content-length')
  reply.body = wrapSource(body, (signal) => body.open(signal), Number(field))
}

/** A source in the place of another one, for the same client. */
export function wrapSource(source: Source, open: Source['open'], length?: number): Source {
  const { endless, slowClient } = source
  return {
    open,
    get failure() {
      return source.failure
    },
    ...(endless !== undefined && { endless }),
    ...(slowClient !== undefined && { slowClient }),
    ...(length !== undefined && { length }),
  }
}

/** A source that ends only when `end` resolves: an error of it cuts the body, which would otherwise look whole. */
export function endAfter(source: Source, end: () => Promise<void>): Source {
  const open: Source['open'] = (signal) => {
    const chunks = source.open(signal)
    return {
      async next() {
        const next = await chunks.next()
        if (next.done === true) await end()
        return next
      },
      async return() {
        await chunks.return?.()
        return { done: true, value: undefined }
      },
    }
  }
  return wrapSource(source, open, source.length)
}

/** Closes the producer of a reply that will not be written: its `finally` must run all the same. */
export function discard({ body }: Reply): void {
  if (!isSource(body)) return
  const close = async () => body.open(AbortSignal.abort()).return?.()
  // A producer's `finally` may throw: there is no response left that could tell about it.
  void close().catch(() => undefined)
}
