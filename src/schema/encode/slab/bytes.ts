/** The part of a generated function that writes: text that is known beforehand is gathered, and stored eight bytes at a time. */
import { Block } from '../code/source.ts'

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
    // What is stored past the end is written over by what follows. Spaces make a number that is quickly printed and read.
    const { buffer, length: padded } = encoder.encode(`${text}        `)
    const length = padded - 8
    this.reserve(padded)
    const view = new DataView(buffer)
    const stores: string[] = []
    for (let i = 0; i < length; i += 8) stores.push(storeOf(view, i, length - i))
    this.block.line(`${stores.join('; ')}; p += ${length} // ${JSON.stringify(text).replaceAll(/[\u2028\u2029]/g, ' ')}`)
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

/** Stores `rest` bytes, eight at most. */
function storeOf(view: DataView, at: number, rest: number): string {
  const place = at === 0 ? 'p' : `p + ${at}`
  if (rest === 1) return `bytes[${place}] = ${view.getUint8(at)}`
  if (rest === 2) return `view.setUint16(${place}, ${view.getUint16(at, true)}, true)`
  if (rest <= 4) return `view.setUint32(${place}, ${view.getUint32(at, true)}, true)`
  // No UTF-8 text has the bits of a NaN, which a store might change.
  return `view.setFloat64(${place}, ${view.getFloat64(at, true)}, true)`
}
