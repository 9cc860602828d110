/** Which engine runs this: what is fast differs. */

const { process } = globalThis as { readonly process?: { readonly versions?: { readonly node?: string; readonly bun?: string } } }

const isBun = process?.versions?.bun !== undefined
const nodeMajor = isBun ? NaN : Number.parseInt(process?.versions?.node ?? '', 10)

/** Since Node 24, V8 calls native methods of buffers without a detour. */
export const hasFastCalls: boolean = !(nodeMajor < 24)

/** Since Node 25, V8 writes the strings of a plain object faster than anything that is not native. */
export const hasFastStringify: boolean = nodeMajor >= 25
