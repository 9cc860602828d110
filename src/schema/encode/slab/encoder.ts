/** Runs the slab's code: the optimistic variant first, the careful one after strings that needed escapes. Other values go to the projection. */
import { copyOut } from '../output.ts'
import type { Plan } from '../plan/plan.ts'
import { printSlab, type PrintedSlab } from './print.ts'
import { FULL, LONGEST_RUN, type Slab } from './memory.ts'
import { TEXT_LIMIT } from '../../run-time.ts'
import { HIGH, NON_ASCII, QUOTES, UNCLEAN } from './scan.ts'
import { pad } from './strings.ts'
import { provisionsOf, type Provided } from './provided.ts'

/** One variant of a model's code. */
interface Code {
  /** Returns the end position, or a negative number for a broken value. */
  readonly write: (value: unknown) => number
  /** The quotation marks of the static text and around the strings. */
  readonly quotes: () => number
}

/** After a miss, this many responses go directly to the careful variant, because they are likely to be similar. Each further miss doubles it. */
const PATIENCE = 16
const MOST_PATIENCE = 256

/** The slab is in use or too small: the projection must encode the value. */
export const ELSEWHERE: unique symbol = Symbol('elsewhere')

export class SlabEncoder {
  readonly #slab: Slab
  readonly #optimistic: Code | undefined
  readonly #printed: PrintedSlab
  #careful: Code | undefined
  /** The number of next responses that skip the optimistic variant. */
  #careLeft = 0
  #patience = PATIENCE
  /** The number of next responses that skip the slab. */
  #elsewhereLeft = 0
  #isASCII = true

  private constructor(printed: PrintedSlab, slab: Slab) {
    this.#slab = slab
    this.#printed = printed
    this.#optimistic = printed.facts.hasEscapes ? undefined : this.#compile(provisionsOf(slab).optimistic)
  }

  /** `undefined` for a model whose code would write too many bytes between two checks of the space. */
  static of(plan: Plan, slab: Slab): SlabEncoder | undefined {
    const printed = printSlab(plan)
    return printed.facts.longestRun > LONGEST_RUN ? undefined : new SlabEncoder(printed, slab)
  }

  /** `undefined` for a value that breaks its model. */
  encode(value: unknown): string | Uint8Array | undefined | typeof ELSEWHERE {
    return this.#run(value, false)
  }

  encodeText(value: unknown): string | undefined | typeof ELSEWHERE {
    return this.#run(value, true) as string | undefined | typeof ELSEWHERE
  }

  #run(value: unknown, asText: boolean): string | Uint8Array | undefined | typeof ELSEWHERE {
    const slab = this.#slab
    // A getter that encodes another response must not overwrite this one.
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

  /** `undefined` if a string needs escapes or has a lone surrogate. */
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
