/** How many random cases a test tries: a few in `npm test`, many in `npm run test:long`, which runs every test file that imports this module. */

/** `usual`: in `npm test`. `long`: in `npm run test:long`; default 10 times as many. */
export function fuzzRuns(usual: number, long: number = usual * 10): number {
  return process.env['RIPOSTE_LONG'] === undefined ? usual : long
}
