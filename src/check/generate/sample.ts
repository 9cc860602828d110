/** Draws values of an arbitrary by a seed. */
import fc from 'fast-check'

/** The same seed gives the same values. Empty if fast-check cannot generate values. */
export function sample(arbitrary: fc.Arbitrary<unknown>, seed: number, count: number): readonly unknown[] {
  try {
    return fc
      .sample(arbitrary, { seed, numRuns: count })
      .map(toPlain)
      .filter((value) => value !== undefined)
  } catch {
    return []
  }
}

/** The value after JSON, as the server reads it. */
function toPlain(value: unknown): unknown {
  const text = JSON.stringify(value) as string | undefined
  return text === undefined ? undefined : (JSON.parse(text) as unknown)
}

/** A seed for each place (FNV-1a), so that the values of one operation do not depend on those of another. */
export function seedFor(seed: number, ...place: readonly string[]): number {
  let hash = 0x811c9dc5 ^ seed
  for (const char of place.join('\n')) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193)
  return hash | 0
}
