/** The part of a generated function that writes: text that is known beforehand is gathered, and stored eight bytes at a time. */
import { Block } from '../source.ts'

const encoder = new TextEncoder()

export class Bytes {
  readonly block = new Block()
  /** The most bytes that the function writes, less what is checked where it is written. */
  bound = 0
  /** The model's own text needs escapes, which the scan can't tell from those that are missing. */
  hasEscapes = false
  #pending = ''
  #quotes = 0

  /** Text of the model's own, with the quotation marks that it has. */
  text(text: string): void {
    this.#pending += text
    this.hasEscapes ||= text.includes('\\')
  }

  /** Room for what the next line writes. */
  reserve(length: number): void {
    this.bound += length
  }

  /** What is gathered must stand before anything else is written. */
  flush(): void {
    const text = this.#pending
    if (text === '') return
    this.#pending = ''
    this.#quotes += text.split('"').length - 1
    const bytes = encoder.encode(text)
    this.reserve(bytes.length + 8)
    const stores: string[] = []
    for (let i = 0; i < bytes.length;) {
      const [store, length] = storeOf(bytes, i)
      stores.push(store)
      i += length
    }
    this.block.line(`${stores.join('; ')}; p += ${bytes.length} // ${JSON.stringify(text).replaceAll(/[\u2028\u2029]/g, ' ')}`)
  }

  /** Writes the code of a branch or a loop, which may not run, with its own count of quotation marks. */
  inside(head: string, write: () => void): void {
    this.flush()
    const outer = this.#quotes
    this.#quotes = 0
    this.block.open(head)
    write()
    this.tally()
    this.block.close()
    this.#quotes = outer
  }

  /** Adds what was written to the count that the scan is held against. */
  tally(): void {
    this.flush()
    if (this.#quotes > 0) this.block.line(`quotes += ${this.#quotes}`)
    this.#quotes = 0
  }
}

/** Stores past the end are overwritten by what follows. */
function storeOf(bytes: Uint8Array, at: number): [store: string, length: number] {
  const rest = bytes.length - at
  const place = at === 0 ? 'p' : `p + ${at}`
  if (rest === 1) return [`bytes[${place}] = ${bytes[at]!}`, 1]
  const window = new DataView(new ArrayBuffer(8))
  for (let i = 0; i < Math.min(rest, 8); i++) window.setUint8(i, bytes[at + i]!)
  if (rest === 2) return [`view.setUint16(${place}, ${window.getUint16(0, true)}, true)`, 2]
  if (rest <= 4) return [`view.setUint32(${place}, ${window.getUint32(0, true)}, true)`, rest]
  // No UTF-8 text has the bits of a NaN, which a store might change.
  return [`view.setFloat64(${place}, ${window.getFloat64(0, true)}, true)`, Math.min(rest, 8)]
}
