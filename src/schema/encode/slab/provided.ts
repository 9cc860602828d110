/** What the slab gives to generated code. */
import { byteTests, type TestBytes } from './formats.ts'
import { FULL, getSlab, LIMIT, type Slab } from './memory.ts'
import { QUOTES } from './scan.ts'
import { numberWriters } from './numbers.ts'
import { carefulText, optimisticText, pad } from './strings.ts'
import { timeWriter } from './times.ts'

export const PROVIDED = ['bytes', 'view', 'text', 'integer', 'number', 'ascii', 'time', 'raw', 'countQuotes', 'FULL'] as const

export type Provided = Readonly<Record<(typeof PROVIDED)[number], unknown>>

let tests: ReadonlyMap<unknown, TestBytes> | undefined

/** The test of bytes for a test of text, where there is one. */
export function byteTestOf(test: unknown): TestBytes | undefined {
  return (tests ??= byteTests(getSlab()!)).get(test)
}

interface Provisions {
  readonly optimistic: Provided
  readonly careful: Provided
}

const known = new WeakMap<Slab, Provisions>()

/** Made once: of a function that exists several times, V8 no longer knows the slab as a constant, and each write takes half as long again. */
export function provisionsOf(slab: Slab): Provisions {
  let provisions = known.get(slab)
  if (provisions === undefined) known.set(slab, (provisions = createProvisions(slab)))
  return provisions
}

function createProvisions(slab: Slab): Provisions {
  const { bytes, view, scan } = slab
  const numbers = numberWriters(slab)
  const common = { bytes, view, ...numbers, time: timeWriter(slab, numbers), raw, countQuotes, FULL }
  return { optimistic: { ...common, text: optimisticText(slab) }, careful: { ...common, text: carefulText(slab) } }

  /** JSON that was written elsewhere. */
  function raw(json: string, at: number): number {
    if (json.length * 3 > LIMIT - at) throw FULL
    return at + bytes.utf8Write(json, at)
  }

  function countQuotes(start: number, end: number): number {
    pad(view, end)
    return scan(start, end) & QUOTES
  }
}
