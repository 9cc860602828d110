/** Sequences that a handler may return for streamed content: iterables, generators, WHATWG streams and Node streams. */
import { isResponse } from './reply.ts'

/**
 * What a handler may return for a stream: an (async) iterable or a `ReadableStream`. The type names only `getReader` of `ReadableStream`, so that
 * the compiler reports a wrong yield type of a generator, and not missing stream properties.
 */
export type Sequence<Item> = AsyncIterable<Item> | Iterable<Item> | Pick<ReadableStream<Item>, 'getReader'>

export type Items = AsyncIterator<unknown> | Iterator<unknown>

/** An iterator over a sequence, not started yet. Its `return()` reaches the producer at once. `undefined` if the value is not a sequence; a string is not one. */
export function toItems(value: unknown): Items | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (value instanceof ReadableStream) return readChunks(value)
  if (isNodeStream(value)) return readNodeStream(value)
  if (isAsyncIterable(value)) return value[Symbol.asyncIterator]()
  return isIterable(value) ? value[Symbol.iterator]() : undefined
}

function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  return Symbol.asyncIterator in value
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value
}

interface NodeStream extends AsyncIterable<unknown> {
  on(event: 'error', listener: () => void): unknown
  destroy(): unknown
}

function isNodeStream(value: object): value is NodeStream {
  return isAsyncIterable(value) && 'pipe' in value && 'destroy' in value
}

/** The iterator of a Node stream is a generator: before its first item, or while it waits for one, its `return()` does not destroy the stream. */
function readNodeStream(stream: NodeStream): AsyncIterator<unknown> {
  const items = stream[Symbol.asyncIterator]()
  return {
    next: () => items.next(),
    return: async () => {
      destroy(stream)
      await items.return?.()
      return { done: true, value: undefined }
    },
  }
}

function destroy(stream: NodeStream): void {
  // Without a listener, an error that the stream emits while it is destroyed ends the process.
  stream.on('error', ignore)
  stream.destroy()
}

function ignore(): void {}

export function readChunks<Item>(stream: ReadableStream<Item>): AsyncIterableIterator<Item> {
  const reader = stream.getReader()
  return {
    next: () => reader.read() as Promise<IteratorResult<Item>>, // the end has no value
    // The stream's own async iterator would wait for the pending read first. An error of the cancellation is ignored, as the client is gone.
    return: () => reader.cancel().then(toDone, toDone),
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

/** Closes a returned stream or `Response` that nobody will read: its file or connection would stay open. A generator that has not started holds nothing. */
export function closeUnread(value: unknown): void {
  const stream = isResponse(value) ? value.body : value
  if (typeof stream !== 'object' || stream === null) return
  if (isNodeStream(stream)) destroy(stream)
  else if (stream instanceof ReadableStream && !stream.locked) stream.cancel().catch(ignore)
}

const toDone = (): IteratorResult<never> => ({ done: true, value: undefined })
