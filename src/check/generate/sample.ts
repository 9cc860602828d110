/** Values of an arbitrary that a seed decides. */
import fc from 'fast-check'

/** The same seed gives the same values. Empty where the arbitrary can't be made. */
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

/** What JSON makes of it: what the server is going to see. */
function toPlain(value: unknown): unknown {
  const text = JSON.stringify(value) as string | undefined
  return text === undefined ? undefined : (JSON.parse(text) as unknown)
}

/** A seed of its own for each place (FNV-1a): what one operation draws does not move what another one draws. */
export function seedFor(seed: number, ...place: readonly string[]): number {
  let hash = 0x811c9dc5 ^ seed
  for (const char of place.join('\n')) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193)
  return hash | 0
}
