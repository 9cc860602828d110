/** What a handler may return for content that is made item by item. */

/**
 * What a handler may return for a stream: an (async) iterable or a `ReadableStream`. Of `ReadableStream` only `getReader`, so that the compiler
 * reports a generator with a wrong yield type as such, not as missing properties of a stream.
 */
export type Sequence<Item> = AsyncIterable<Item> | Iterable<Item> | Pick<ReadableStream<Item>, 'getReader'>

export type Items = AsyncIterator<unknown> | Iterator<unknown>

/** As one iterator, not begun yet, whose `return()` reaches the producer at once; `undefined` if the value is not a sequence. Text is not one. */
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

/** A Node stream's own iterator is a generator: before its first item, or while it waits for one, `return()` destroys nothing. */
function readNodeStream(stream: NodeStream): AsyncIterator<unknown> {
  const items = stream[Symbol.asyncIterator]()
  return {
    next: () => items.next(),
    return: async () => {
      // Without a listener, an error that the stream emits while it is destroyed ends the process.
      stream.on('error', ignore)
      stream.destroy()
      await items.return?.()
      return { done: true, value: undefined }
    },
  }
}

function ignore(): void {}

export function readChunks<Item>(stream: ReadableStream<Item>): AsyncIterableIterator<Item> {
  const reader = stream.getReader()
  return {
    next: () => reader.read() as Promise<IteratorResult<Item>>, // the end has no value
    // The stream's own async iterator would wait for the read first. What the cancellation fails with, nobody is left to hear.
    return: () => reader.cancel().then(toDone, toDone),
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

const toDone = (): IteratorResult<never> => ({ done: true, value: undefined })
