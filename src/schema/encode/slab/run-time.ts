/** Which engine runs this: what is fast differs. */

const { process, navigator } = globalThis as {
  readonly process?: { readonly versions?: { readonly node?: string; readonly bun?: string } }
  readonly navigator?: { readonly userAgent?: string }
}

const versions = process?.versions
const nodeMajor = versions?.bun === undefined ? Number.parseInt(versions?.node ?? '', 10) : NaN

/** Workers take Node's name, but generate code at start-up only. */
export const generatesAnyTime: boolean = versions?.node !== undefined && navigator?.userAgent !== 'Cloudflare-Workers'

/** Since Node 24, V8 calls native methods of buffers without a detour. */
export const hasFastCalls: boolean = !(nodeMajor < 24)

/** Since Node 25, V8 writes the strings of a plain object faster than anything that is not native. */
export const hasFastStringify: boolean = nodeMajor >= 25
