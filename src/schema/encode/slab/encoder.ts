/** Runs the slab's code: the optimistic variant first, and the careful variant after a string that needed escapes. */
import { TEXT_LIMIT } from '../../run-time.ts'
import { copyOut } from '../output.ts'
import type { Plan } from '../plan/plan.ts'
import { FULL, LIMIT, LONGEST_RUN, type Slab } from './memory.ts'
import { numberWriters, timeWriter } from './numbers.ts'
import { printSlab, type PrintedSlab, type Provided } from './print.ts'
import { carefulText, optimisticText, pad } from './strings.ts'
import { HIGH, NON_ASCII, QUOTES, UNCLEAN } from './wasm.ts'

/** One variant of a model's code. */
interface Code {
  /** Returns the end position, or a negative number for a value that breaks its model. */
  readonly write: (value: unknown) => number
  /** The number of quotation marks in the static text and around the strings. */
  readonly quotes: () => number
}

/** After the optimistic variant has failed, this many responses go directly to the careful variant, because they are likely to be similar. Each further failure doubles the number. */
const PATIENCE = 16
const MOST_PATIENCE = 256

/** Returned if the slab is in use or too small. The projection then encodes the value. */
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

/** What the two variants of the code are called with. */
interface Provisions {
  readonly optimistic: Provided
  readonly careful: Provided
}

const known = new WeakMap<Slab, Provisions>()

/** Creates the functions once for a slab. With several closures of one function, V8 does not treat the slab as a constant, and each write takes 1.5 times as long. */
function provisionsOf(slab: Slab): Provisions {
  let provisions = known.get(slab)
  if (provisions === undefined) known.set(slab, (provisions = createProvisions(slab)))
  return provisions
}

function createProvisions(slab: Slab): Provisions {
  const { bytes, view, scan } = slab
  const numbers = numberWriters(slab)
  const common = { bytes, view, ...numbers, time: timeWriter(slab, numbers), raw, countQuotes, FULL }
  return { optimistic: { ...common, text: optimisticText(slab) }, careful: { ...common, text: carefulText(slab) } }

  /** Copies JSON text. */
  function raw(json: string, at: number): number {
    if (json.length * 3 > LIMIT - at) throw FULL
    return at + bytes.utf8Write(json, at)
  }

  function countQuotes(start: number, end: number): number {
    pad(view, end)
    return scan(start, end) & QUOTES
  }
}
