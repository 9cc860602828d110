/** Clean-ups of a test, the last one first: what was opened on something else is closed before it. `t.after` runs them the other way round. */
import type { TestContext } from 'node:test'

const cleanUps = new WeakMap<TestContext, (() => unknown)[]>()

export function afterwards(t: TestContext, cleanUp: () => unknown): void {
  const known = cleanUps.get(t)
  if (known !== undefined) {
    known.push(cleanUp)
    return
  }
  const all = [cleanUp]
  cleanUps.set(t, all)
  // One that fails must not leave a pool open: the process of the tests would not end.
  t.after(async () => {
    const failures: unknown[] = []
    for (const each of all.toReversed()) {
      try {
        await each()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  })
}
