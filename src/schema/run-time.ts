/** Detects the runtime, because runtimes differ in what they allow and in what is fast. */

const { process, navigator } = globalThis as {
  readonly process?: { readonly versions?: { readonly node?: string; readonly bun?: string } }
  readonly navigator?: { readonly userAgent?: string }
}

const versions = process?.versions
const nodeMajor = versions?.bun === undefined ? Number.parseInt(versions?.node ?? '', 10) : NaN

/** Whether code may be generated during a request. Workers report a Node version, but allow it only during start-up. */
export const generatesAnyTime: boolean = versions?.node !== undefined && navigator?.userAgent !== 'Cloudflare-Workers'

/** Since Node 22, WebAssembly reads strings, faster than JavaScript does. In Bun it is slower. */
export const hasStringsInWasm: boolean = nodeMajor >= 22

/**
 * In UTF-16 units. Longer strings are copied faster by the native method than unit by unit. The cost of a native call differs between versions
 * of Node, and is highest for strings that were concatenated recently.
 */
export const LONGEST_SHORT: number = Number.isNaN(nodeMajor) ? 20 : nodeMajor < 22 ? 40 : 32

/**
 * The longest response, in bytes, that is returned as a string. A new buffer needs fresh memory, which can cost three times as much as the rest
 * of the response, while V8 reuses the memory of strings. For longer strings Node allocates fresh memory itself.
 */
export const TEXT_LIMIT: number = versions?.bun === undefined ? 122_880 : 15_360

/** Since Node 25, native `JSON.stringify` writes the strings of plain objects faster than JavaScript can. */
export const hasFastStringify: boolean = nodeMajor >= 25
