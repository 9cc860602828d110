/** The functions and buffers that generated code is called with. */
import { byteTests, type TestBytes, carefulText, optimisticText, pad } from './strings.ts'
import { FULL, getSlab, LIMIT, type Slab } from './memory.ts'
import { QUOTES } from './scan.ts'
import { numberWriters, timeWriter } from './numbers.ts'

export const PROVIDED = ['bytes', 'view', 'text', 'integer', 'number', 'ascii', 'time', 'raw', 'countQuotes', 'FULL'] as const

export type Provided = Readonly<Record<(typeof PROVIDED)[number], unknown>>

let tests: ReadonlyMap<unknown, TestBytes> | undefined

/** The test over bytes for a test over text; `undefined` for all others. */
export function byteTestOf(test: unknown): TestBytes | undefined {
  return (tests ??= byteTests(getSlab()!)).get(test)
}

interface Provisions {
  readonly optimistic: Provided
  readonly careful: Provided
}

const known = new WeakMap<Slab, Provisions>()

/** Created once. With several closures of one function V8 no longer treats the slab as a constant, and each write takes 1.5 times as long. */
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
