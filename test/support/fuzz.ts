/**
 * Random cases for tests. `npm test` tries a few cases, always the same ones, so that a change is judged by what it changes.
 * `npm run test:long` runs every test file that imports this module, with new and many more cases. A test with another long form than that asks
 * `fuzzRuns` how long it is.
 */
import fc from 'fast-check'

/** `npm run test:long`. */
export const isLong = process.env['RIPOSTE_LONG'] !== undefined
fc.configureGlobal(isLong ? { numRuns: 1_000 } : { seed: 1 })

export { fc }

/** `usual`: in `npm test`. `long`: in `npm run test:long`; default 10 times as many. */
export function fuzzRuns(usual: number, long: number = usual * 10): number {
  return isLong ? long : usual
}
