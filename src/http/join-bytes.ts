/** Pieces of content as one. */

/** `length` is that of all parts together, in bytes. One part alone is given as it is. */
export function joinBytes(parts: readonly Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0]!
  const joined = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.byteLength
  }
  return joined
}

/** `undefined` as soon as there are more bytes than the limit. */
export async function collectBytes(chunks: AsyncIterable<Uint8Array>, limitBytes = Infinity): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunks) {
    length += chunk.byteLength
    if (length > limitBytes) return undefined
    parts.push(chunk)
  }
  return joinBytes(parts, length)
}
