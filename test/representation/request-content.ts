/** A request's content for tests, and what was registered to be cleaned up. */
import type { Content } from '../../src/representation/content.ts'

export interface TestContent extends Content {
  readonly cleanUps: (() => unknown)[]
}

/** In pieces of `size` bytes. */
export function contentOf(text: string | Uint8Array, parameters: Readonly<Record<string, string>> = {}, size = Infinity): TestContent {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  const cleanUps: (() => unknown)[] = []
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }
  return {
    chunks: chunks(),
    collect: async (read) => read(bytes),
    parameters,
    cleanUp: (action) => cleanUps.push(action),
    cleanUps,
  }
}
