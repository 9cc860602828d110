/** A `ReadableStream` as an async iterator whose `return()` cancels it at once, also while a read is waiting. */

export function readChunks<Item>(stream: ReadableStream<Item>): AsyncIterableIterator<Item> {
  const reader = stream.getReader()
  return {
    next: () => reader.read() as Promise<IteratorResult<Item>>,
    // The stream's own async iterator would wait for the read first. What the cancellation fails with, nobody is left to hear.
    return: () => reader.cancel().then(toDone, toDone),
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

const toDone = (): IteratorResult<never> => ({ done: true, value: undefined })
