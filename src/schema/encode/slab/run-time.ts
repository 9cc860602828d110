/** Which engine runs this: what is fast differs. */

const { process, navigator } = globalThis as {
  readonly process?: { readonly versions?: { readonly node?: string; readonly bun?: string } }
  readonly navigator?: { readonly userAgent?: string }
}

const versions = process?.versions
const nodeMajor = versions?.bun === undefined ? Number.parseInt(versions?.node ?? '', 10) : NaN

/** Workers take Node's name, but generate code at start-up only. */
export const generatesAnyTime: boolean = versions?.node !== undefined && navigator?.userAgent !== 'Cloudflare-Workers'

/** Since Node 22, WebAssembly reads strings, and V8 does so faster than JavaScript does. Bun takes longer. */
export const hasStringsInWasm: boolean = nodeMajor >= 22

/**
 * Longer strings are copied faster by the native method than unit by unit: calls of it have cost more or less, and cost most for strings that
 * were put together a moment ago. In UTF-16 units.
 */
export const LONGEST_SHORT: number = nodeMajor < 22 ? 40 : nodeMajor >= 22 ? 32 : 20

/**
 * The most bytes that are handed over as text. Text lies on V8's own heap, where memory that was just used is used again: to make bytes of it
 * takes fresh memory, up to three times what all the rest of an answer costs. Of longer text, what Node writes takes fresh memory too.
 */
export const TEXT_LIMIT: number = versions?.bun === undefined ? 122_880 : 15_360

/** Since Node 25, V8 writes the strings of a plain object faster than anything that is not native. */
export const hasFastStringify: boolean = nodeMajor >= 25
