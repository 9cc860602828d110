/** Runs the slab's code: optimistically first, with care where strings turn out to need escapes, and not at all where the slab won't do. */
import { copyOut } from './copies.ts'
import type { Node } from '../../node.ts'
import { printSlab, type PrintedSlab } from './print.ts'
import { FULL, LONGEST_RUN, type Slab } from './memory.ts'
import { TEXT_LIMIT } from './run-time.ts'
import { HIGH, NON_ASCII, QUOTES, UNCLEAN } from './scan.ts'
import { pad } from './strings.ts'
import { provisionsOf, type Provided } from './provided.ts'

/** One variant of a model's code. */
interface Code {
  /** Gives where it ended, or something negative for a broken value. */
  readonly write: (value: unknown) => number
  /** How many quotation marks the model and its values' own delimiters account for. */
  readonly quotes: () => number
}

/** After a miss so many answers go the safe way at once: the next ones are likely to be like it. After each further miss twice as many do. */
const PATIENCE = 16
const MOST_PATIENCE = 256

/** The slab is in use, or too small. */
export const ELSEWHERE: unique symbol = Symbol('elsewhere')

export class SlabEncoder {
  readonly #slab: Slab
  readonly #optimistic: Code | undefined
  readonly #printed: PrintedSlab
  #careful: Code | undefined
  /** Answers that go with care at once. */
  #careLeft = 0
  #patience = PATIENCE
  /** Answers that go elsewhere at once. */
  #elsewhereLeft = 0
  #isASCII = true

  private constructor(printed: PrintedSlab, slab: Slab) {
    this.#slab = slab
    this.#printed = printed
    this.#optimistic = printed.facts.hasEscapes ? undefined : this.#compile(provisionsOf(slab).optimistic)
  }

  /** `undefined` for a model whose code would be too long. */
  static of(node: Node, slab: Slab): SlabEncoder | undefined {
    const printed = printSlab(node)
    return printed.facts.longestRun > LONGEST_RUN ? undefined : new SlabEncoder(printed, slab)
  }

  /** `undefined` for a value that is not what its model promises. */
  encode(value: unknown): string | Uint8Array | undefined | typeof ELSEWHERE {
    return this.#run(value, false)
  }

  encodeText(value: unknown): string | undefined | typeof ELSEWHERE {
    return this.#run(value, true) as string | undefined | typeof ELSEWHERE
  }

  #run(value: unknown, asText: boolean): string | Uint8Array | undefined | typeof ELSEWHERE {
    const slab = this.#slab
    // A getter that encodes another answer must not write over this one.
    if (slab.busy) return ELSEWHERE
    if (this.#elsewhereLeft > 0) {
      this.#elsewhereLeft--
      return ELSEWHERE
    }
    slab.busy = true
    try {
      const end = this.#write(value)
      if (end < 0) return undefined
      if (asText) return this.#isASCII ? slab.bytes.latin1Slice(0, end) : slab.bytes.utf8Slice(0, end)
      return this.#isASCII && end <= TEXT_LIMIT ? slab.bytes.latin1Slice(0, end) : copyOut(slab.bytes, end)
    } catch (error) {
      if (error !== FULL) throw error
      this.#elsewhereLeft = PATIENCE
      return ELSEWHERE
    } finally {
      slab.busy = false
    }
  }

  #write(value: unknown): number {
    if (this.#optimistic !== undefined && this.#careLeft === 0) {
      const end = this.#tryOptimistic(this.#optimistic, value)
      if (end !== undefined) {
        this.#patience = PATIENCE
        return end
      }
      this.#careLeft = this.#patience
      this.#patience = Math.min(this.#patience * 2, MOST_PATIENCE)
    } else if (this.#careLeft > 0) this.#careLeft--
    const end = (this.#careful ??= this.#compile(provisionsOf(this.#slab).careful)).write(value)
    if (end >= 0) this.#scan(end)
    return end
  }

  /** `undefined` where a string turns out to need more than to be copied. */
  #tryOptimistic(code: Code, value: unknown): number | undefined {
    const end = code.write(value)
    if (end < 0) return end
    const found = this.#scan(end)
    if ((found & (UNCLEAN | QUOTES)) !== code.quotes()) return undefined
    return (found & HIGH) !== 0 && this.#slab.hasReplacement(0, end) !== 0 ? undefined : end
  }

  #scan(end: number): number {
    pad(this.#slab.view, end)
    const found = this.#slab.scan(0, end)
    this.#isASCII = (found & NON_ASCII) === 0
    return found
  }

  #compile(provided: Provided): Code {
    const { source, text } = this.#printed
    return source.evaluate(text, provided) as Code
  }
}
