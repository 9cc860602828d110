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
  t.after(async () => {
    for (const each of all.toReversed()) await each()
  })
}
