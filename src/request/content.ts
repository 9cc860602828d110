/** The content of a request on its way in. */
import { RequestError } from '../errors/framework-errors.ts'
import type { Incoming } from '../http/incoming.ts'
import type { InputResult } from '../schema/issue.ts'

export interface Content {
  /** As it arrives. Throws a `RequestError` 413 beyond the limit. */
  readonly chunks: AsyncIterable<Uint8Array>
  /** What is made of it as a whole, in the place of `chunks`. Throws, or rejects with, a `RequestError` 413 beyond the limit. */
  collect(read: (bytes: Uint8Array) => InputResult | Promise<InputResult>): InputResult | Promise<InputResult>
  /** The parameters of its media type, such as `boundary`. */
  readonly parameters: Readonly<Record<string, string>>
  /** Registers what is to be done when the answer is complete or has failed. */
  readonly cleanUp: (action: () => unknown) => void
}

export type BodyReader = (content: Content) => InputResult | Promise<InputResult>

/**
 * The content of a request within its limit. A class, and made from no literal: V8 gives each literal with a getter a shape of its own, and may
 * come to allocate any literal among old objects, where this would keep all of its request until the next full collection.
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

export function tooLarge(limitBytes: number): RequestError {
  // What was not read of the request would otherwise be taken for the next one, or be read for nothing.
  return new RequestError(413, `The content is larger than ${limitBytes} bytes`, { headers: { connection: 'close' } })
}

/** Throws a `RequestError` 413 with the chunk that is too much. */
export async function* limit(chunks: AsyncIterable<Uint8Array>, limitBytes: number): AsyncGenerator<Uint8Array, void, void> {
  let total = 0
  for await (const chunk of chunks) {
    total += chunk.byteLength
    if (total > limitBytes) throw tooLarge(limitBytes)
    yield chunk
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** `undefined` where the bytes are not UTF-8. A byte order mark is dropped. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

const NOT_UTF8: InputResult = { issues: [{ path: [], code: 'string_unicode', message: 'The content is not valid UTF-8' }] }

/** A reader of content that is one text. */
export function readingText(read: (text: string) => InputResult | Promise<InputResult>): BodyReader {
  const readBytes = (bytes: Uint8Array) => {
    const text = decodeText(bytes)
    return text === undefined ? NOT_UTF8 : read(text)
  }
  return (content) => content.collect(readBytes)
}

export const readText: BodyReader = readingText((value) => ({ value }))

export const readBytes: BodyReader = (content) => content.collect((value) => ({ value }))
