/** The content of a request: its bytes within a limit, joined or as they arrive, its text, and the parameters of its media type. */
import { requestError, type RequestError } from '../errors/framework-errors.ts'
import type { InputResult } from '../schema/issue.ts'

/** The content of a request that a representation reads. */
export interface Content {
  /** The bytes as they arrive. Throws a `RequestError` 413 beyond the limit. */
  readonly chunks: AsyncIterable<Uint8Array>
  /** Passes all bytes to `read` at once, instead of `chunks`. Throws, or rejects with, a `RequestError` 413 beyond the limit. */
  collect(read: (bytes: Uint8Array) => InputResult | Promise<InputResult>): InputResult | Promise<InputResult>
  /** Whether it is known to have no bytes. */
  readonly isEmpty?: boolean
  /** The parameters of its media type, such as `boundary`. */
  readonly parameters: Readonly<Record<string, string>>
  /** Registers a function to call when the response is complete or has failed. */
  readonly cleanUp: (action: () => unknown) => void
}

/** Reads the content of a request. Throws, or rejects with, a `RequestError`: 400, 413. */
export type BodyReader = (content: Content) => InputResult | Promise<InputResult>

export function tooLarge(limitBytes: number): RequestError {
  // If the connection stayed open, the rest of the content would have to be read and discarded, or would be parsed as the next request.
  return requestError(413, `The content is larger than ${limitBytes} bytes`, { headers: { connection: 'close' } })
}

/** Throws a `RequestError` 413 at the first chunk beyond the limit. */
export async function* limit(chunks: AsyncIterable<Uint8Array>, limitBytes: number): AsyncGenerator<Uint8Array, void, void> {
  let total = 0
  for await (const chunk of chunks) {
    total += chunk.byteLength
    if (total > limitBytes) throw tooLarge(limitBytes)
    yield chunk
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** `undefined` if the bytes are not UTF-8. A byte order mark is dropped. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

export const NOT_UTF8: InputResult = { issues: [{ path: [], code: 'string_unicode', message: 'The content is not valid UTF-8' }] }

/** A reader of content that is one text. */
export function readingText(read: (text: string) => InputResult | Promise<InputResult>): BodyReader {
  const readBytes = (bytes: Uint8Array) => {
    const text = decodeText(bytes)
    return text === undefined ? NOT_UTF8 : read(text)
  }
  return (content) => content.collect(readBytes)
}
