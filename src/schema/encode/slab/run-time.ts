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

/** Longer strings are copied faster by the native method than unit by unit: calls of it have cost more or less. In UTF-16 units. */
export const LONGEST_SHORT: number = nodeMajor < 22 ? 40 : nodeMajor >= 22 ? 64 : 20
