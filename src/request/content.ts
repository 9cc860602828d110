/** The content of a request on its way in. */
import type { InputResult } from '../schema/issue.ts'

export interface Content {
  /** Throws a `RequestFault` 413 beyond the limit. */
  readonly chunks: AsyncIterable<Uint8Array>
  readonly limitBytes: number
  /** The parameters of its media type, such as `boundary`. */
  readonly parameters: Readonly<Record<string, string>>
}

export type BodyReader = (content: Content) => Promise<InputResult>

export async function collectBytes({ chunks }: Content): Promise<Uint8Array> {
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

/** `undefined` where the bytes are not UTF-8. */
export async function collectText(content: Content): Promise<string | undefined> {
  const all = await collectBytes(content)
  try {
    return decoder.decode(all)
  } catch {
    return undefined
  }
}

export const NOT_UTF8: InputResult = { issues: [{ path: [], code: 'string_unicode', message: 'The content is not valid UTF-8' }] }

export async function readText(content: Content): Promise<InputResult> {
  const value = await collectText(content)
  return value === undefined ? NOT_UTF8 : { value }
}

export async function readBytes(content: Content): Promise<InputResult> {
  return { value: await collectBytes(content) }
}
