/** The slab's loops over bytes: `scan.wat`, assembled. */

declare const WebAssembly: {
  readonly Memory: new (pages: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer }
  readonly Module: new (code: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: object }
}

/** Of the result of a scan: how many quotation marks there are. */
export const QUOTES = (1 << 30) - 1
/** A backslash or a control character is there. */
export const UNCLEAN = 1 << 30
/** Something beyond ASCII is there. */
export const NON_ASCII = 1 << 31

/** They take steps of 16 bytes: past the end must stand spaces. */
export interface Scanner {
  readonly memory: ArrayBuffer
  readonly scan: (start: number, end: number) => number
  /** Copies with the escapes of JSON to `to`, far enough before `start` or behind `end`. Gives where it ended. */
  readonly escape: (start: number, end: number, to: number) => number
}

/** Throws where there is no WebAssembly with SIMD. */
export function createScanner(pages: number): Scanner {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(CODE, 'base64')), { m: { memory } })
  return { memory: memory.buffer, ...(exports as Pick<Scanner, 'scan' | 'escape'>) }
}

const CODE =
  'AGFzbQEAAAABDgJgAn9/AX9gA39/fwF/Ag0BAW0GbWVtb3J5AgABAwMCAAEHEQIEc2NhbgAABmVzY2FwZQABCsIDApMBAgN7AX8CQANAIAAgAU8NASAA/QAAACECIAQgAv' +
  '1QIQQgAyAC/QwgICAgICAgICAgICAgICAg/SYgAv0MXFxcXFxcXFxcXFxcXFxcXP0j/VD9UCEDIAUgAv0MIiIiIiIiIiIiIiIiIiIiIv0j/WRpaiEFIABBEGohAAwACwsg' +
  'BSAD/VNBHnQgBP1kQQBHQR90cnILqgICAXsDfwNAIAAgAUkEQCAA/QAAACEDIAIgA/0LAABBgIAEIAP9DCAgICAgICAgICAgICAgICD9JiAD/QwiIiIiIiIiIiIiIiIiIi' +
  'Ii/SMgA/0MXFxcXFxcXFxcXFxcXFxcXP0j/VD9UP1kciEEIARoIQQgACAEaiEAIAIgBGohAiAEQRBGDQEgAC0AACEFIABBAWohACAFIQYgBUEgSQRAQQAhBiAFQQhrQQZJ' +
  'BEBB/wFC4ui5g+DMHCAFQQhrQQN0rYincSEGCwsgBgRAIAJB3AAgBkEIdHI7AAAgAkECaiECBSACQdzqwYEDNgAAIAJBMCAFQQR2ajoABCAFQQ9xIQUgAiAFQdcAQTAgBU' +
  'EJSxtqOgAFIAJBBmohAgsMAQsLIAIgACABa2sL'
