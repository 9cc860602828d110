/** The WHATWG side: a `Request` in, a `Response` out, on any run time that has them. */
import type { Incoming } from './http/incoming.ts'
import { isNullBodyStatus } from './http/status.ts'
import { readChunks } from './reply/read-chunks.ts'
import { isSource, type Chunk, type Reply, type Source } from './reply/reply.ts'

export function fromRequest(request: Request): Incoming {
  const { method, headers } = request
  const target = request.url.slice(request.url.indexOf('/', request.url.indexOf('//') + 2))
  const mark = target.indexOf('?')
  const hash = target.indexOf('#')
  const end = hash === -1 ? target.length : hash
  return {
    method,
    path: target.slice(0, mark === -1 || mark > end ? end : mark) || '/',
    search: mark === -1 || mark > end ? '' : target.slice(mark + 1, end),
    header: (name) => headers.get(name) ?? undefined,
    headers: () => headers.entries(),
    hasBody: request.body !== null,
    body: () => readChunks(request.body!),
    signal: request.signal,
    toRequest: () => request,
  }
}

const encoder = new TextEncoder()

/** What is left to do runs when the body has been read to its end, or was cancelled. */
export function toResponse(reply: Reply, { method, signal }: Incoming): Response {
  const headers = new Headers([...reply.headers])
  const { body, status } = reply
  const done = once(() => reply.afterwards?.())
  if (isNullBodyStatus(status)) {
    headers.delete('content-type')
    queueMicrotask(done)
    return new Response(null, { status, headers })
  }
  if (!isSource(body)) {
    const content = typeof body === 'string' ? encoder.encode(body) : body
    headers.set('content-length', String(content?.byteLength ?? 0))
    queueMicrotask(done)
    return new Response(method === 'HEAD' || content === null ? null : (content as Uint8Array<ArrayBuffer>), { status, headers })
  }
  if (body.length !== undefined) headers.set('content-length', String(body.length))
  if (method === 'HEAD') {
    queueMicrotask(done)
    return new Response(null, { status, headers })
  }
  return new Response(toReadableStream(body, signal, done), { status, headers })
}

function toReadableStream(source: Source, signal: AbortSignal, done: () => void): ReadableStream<Uint8Array> {
  let iterator: AsyncIterator<Chunk> | Iterator<Chunk> | undefined
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          iterator ??= source.open(signal)
          for (;;) {
            const next = await iterator.next()
            if (next.done === true) {
              controller.close()
              return done()
            }
            const chunk = typeof next.value === 'string' ? encoder.encode(next.value) : next.value
            // An empty chunk says nothing, but `pull` must bring one.
            if (chunk.byteLength > 0) return controller.enqueue(chunk)
          }
        } catch (error) {
          controller.error(error)
          done()
        }
      },
      async cancel() {
        try {
          await iterator?.return?.()
        } finally {
          done()
        }
      },
    },
    { highWaterMark: 0 },
  )
}

function once(action: () => void): () => void {
  let called = false
  return () => {
    if (!called) action()
    called = true
  }
}
