/** The content of a request, held to its limit. */
import type { Incoming } from '../http/incoming.ts'
import { limit, tooLarge, type Content } from '../representation/content.ts'
import type { InputResult } from '../schema/issue.ts'

/**
 * A class and not an object literal: V8 gives each literal with a getter a shape of its own and may allocate it among old
 * objects, where it would keep its whole request alive until the next full collection.
 */
export class LimitedContent implements Content {
  readonly parameters: Content['parameters']
  readonly cleanUp: Content['cleanUp']
  readonly #incoming: Incoming
  readonly #limitBytes: number

  constructor(incoming: Incoming, limitBytes: number, parameters: Content['parameters'], cleanUp: Content['cleanUp']) {
    this.parameters = parameters
    this.cleanUp = cleanUp
    this.#incoming = incoming
    this.#limitBytes = limitBytes
  }

  get chunks(): AsyncIterable<Uint8Array> {
    return limit(this.#incoming.body(), this.#limitBytes)
  }

  collect(read: Parameters<Content['collect']>[0]): InputResult | Promise<InputResult> {
    return this.#incoming.collect(this.#limitBytes, (bytes) => {
      if (bytes === undefined) throw tooLarge(this.#limitBytes)
      return read(bytes)
    })
  }
}

/** The body of a WHATWG request, within its limit. Nothing is read before the stream is. */
export function toLimitedStream(incoming: Incoming, limitBytes: () => number): ReadableStream<Uint8Array> {
  let chunks: AsyncGenerator<Uint8Array, void, void> | undefined
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    // The content is asked for with the first read: until then no client is told to send it.
    const { done, value } = await (chunks ??= limit(incoming.body(), limitBytes())).next()
    if (done === true) controller.close()
    else controller.enqueue(value)
  }
  const cancel = async () => {
    await chunks?.return()
  }
  return new ReadableStream({ pull, cancel }, { highWaterMark: 0 })
}

/** A second reader would see an empty body, and could take it for the whole one. */
export function alreadyRead(): Error {
  return new Error('BODY_READ: request body: it can be read once, and was read already. Let this app read before body parsers do.')
}
