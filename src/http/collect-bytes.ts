/** Joins the bytes of content that arrives in parts. */

/**
 * Copies the parts into one buffer that grows. A list of parts would keep, for each part of one byte, an object of hundreds of bytes and the whole
 * packet that it arrived in.
 */
export class ByteCollector {
  #bytes: Uint8Array = new Uint8Array()
  #length = 0

  /** In bytes. */
  get length(): number {
    return this.#length
  }

  add(part: Uint8Array): void {
    const length = this.#length + part.byteLength
    // The first part is kept without a copy, because most content has only one.
    if (this.#length === 0) this.#bytes = part
    else {
      if (length > this.#bytes.byteLength || !this.#isOwn) this.#grow(length)
      this.#bytes.set(part, this.#length)
    }
    this.#length = length
  }

  /** Valid until the next part is added. */
  take(): Uint8Array {
    return this.#length === this.#bytes.byteLength ? this.#bytes : this.#bytes.subarray(0, this.#length)
  }

  /** Whether the buffer was allocated here, so that it may be written to. The first part belongs to the caller. */
  #isOwn = false

  #grow(length: number): void {
    const grown = new Uint8Array(Math.max(length, 2 * this.#bytes.byteLength))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
    this.#isOwn = true
  }
}

/** `undefined` as soon as there are more bytes than the limit. */
export async function collectBytes(chunks: AsyncIterable<Uint8Array>, limitBytes = Infinity): Promise<Uint8Array | undefined> {
  const collector = new ByteCollector()
  for await (const chunk of chunks) {
    if (collector.length + chunk.byteLength > limitBytes) return undefined
    collector.add(chunk)
  }
  return collector.take()
}
