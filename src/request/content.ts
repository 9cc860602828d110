/** The content of a request on its way in. */
import { RequestFault } from '../errors/faults.ts'
import type { InputResult } from '../schema/issue.ts'

export interface Content {
  /** Throws a `RequestFault` 413 beyond the limit. */
  readonly chunks: AsyncIterable<Uint8Array>
  /** The parameters of its media type, such as `boundary`. */
  readonly parameters: Readonly<Record<string, string>>
  /** Registers what is to be done when the answer is complete or has failed. */
  readonly cleanUp: (action: () => unknown) => void
}

export type BodyReader = (content: Content) => Promise<InputResult>

export function tooLarge(limitBytes: number): RequestFault {
  // What was not read of the request would otherwise be taken for the next one, or be read for nothing.
  return new RequestFault(413, `The content is larger than ${limitBytes} bytes`, { headers: { connection: 'close' } })
}

/** Throws a `RequestFault` 413 with the chunk that is too much. */
export async function* limit(chunks: AsyncIterable<Uint8Array>, limitBytes: number): AsyncGenerator<Uint8Array, void, void> {
  let total = 0
  for await (const chunk of chunks) {
    total += chunk.byteLength
    if (total > limitBytes) throw tooLarge(limitBytes)
    yield chunk
  }
}

export async function collectBytes(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunks) {
    parts.push(chunk)
    length += chunk.byteLength
  }
  if (parts.length === 1) return parts[0]!
  const all = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.byteLength
  }
  return all
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

/** `undefined` where the content is not UTF-8. */
export async function collectText({ chunks }: Content): Promise<string | undefined> {
  return decodeText(await collectBytes(chunks))
}

export const NOT_UTF8: InputResult = { issues: [{ path: [], code: 'string_unicode', message: 'The content is not valid UTF-8' }] }

export async function readText(content: Content): Promise<InputResult> {
  const value = await collectText(content)
  return value === undefined ? NOT_UTF8 : { value }
}

export async function readBytes({ chunks }: Content): Promise<InputResult> {
  return { value: await collectBytes(chunks) }
}
