/** Guards against work that grows faster than its input. */
import { runInNewContext } from 'node:vm'

/** Long enough that a quadratic pass takes minutes, a linear one milliseconds. */
export const LENGTH = 300_000

/** Fails where `run` does not come to an end. The limit breaks off a hang; it measures nothing. */
export function assertEnds(run: () => void): void {
  runInNewContext('run()', { run }, { timeout: 20_000 })
}

/** Each piece repeated up to a hostile length. */
export function repeated(...pieces: readonly string[]): string[] {
  return pieces.map((piece) => piece.repeat(LENGTH / piece.length))
}
