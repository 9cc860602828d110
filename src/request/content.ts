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
