/** The writing part of a generated function: static text is gathered and stored eight bytes at a time. */
import { Block } from '../code/source.ts'

const encoder = new TextEncoder()

export class Bytes {
  readonly block = new Block()
  /** The most bytes that the function writes without a check of its own. */
  bound = 0
  /** The static text has escapes: the scan can't tell them from a string's unescaped backslashes. */
  hasEscapes = false
  #pending = ''
  #quotes = 0

  /** Static text, with its quotation marks. */
  text(text: string): void {
    this.#pending += text
    this.hasEscapes ||= text.includes('\\')
  }

  /** Counts the bytes that the next line writes. */
  reserve(length: number): void {
    this.bound += length
  }

  /** Writes the stores of the gathered text. Called before any other write. */
  flush(): void {
    const text = this.#pending
    if (text === '') return
    this.#pending = ''
    this.#quotes += text.split('"').length - 1
    // Bytes stored past the end are overwritten by the next write. Padding with spaces gives short number literals.
    const { buffer, length: padded } = encoder.encode(`${text}        `)
    const length = padded - 8
    this.reserve(padded)
    const view = new DataView(buffer)
    const stores: string[] = []
    for (let i = 0; i < length; i += 8) stores.push(storeOf(view, i, length - i))
    this.block.line(`${stores.join('; ')}; p += ${length} // ${JSON.stringify(text).replaceAll(/[\u2028\u2029]/g, ' ')}`)
  }

  /** Writes a branch or a loop, which counts its own quotation marks because it may not run. */
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

  /** Adds the quotation marks of the static text to the count that the scan is compared with. */
  tally(): void {
    this.flush()
    if (this.#quotes > 0) this.block.line(`quotes += ${this.#quotes}`)
    this.#quotes = 0
  }
}

/** Stores `rest` bytes, eight at most. */
function storeOf(view: DataView, at: number, rest: number): string {
  const place = at === 0 ? 'p' : `p + ${at}`
  if (rest === 1) return `bytes[${place}] = ${view.getUint8(at)}`
  if (rest === 2) return `view.setUint16(${place}, ${view.getUint16(at, true)}, true)`
  if (rest <= 4) return `view.setUint32(${place}, ${view.getUint32(at, true)}, true)`
  // A store may change the bits of a NaN; no UTF-8 text has such bits.
  return `view.setFloat64(${place}, ${view.getFloat64(at, true)}, true)`
}
