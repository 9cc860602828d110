/** The slab's loops over bytes: `scan.wat`, assembled. */

import { instantiate, type SlabMemory } from './wasm.ts'

/** The bits of a scan's result that count quotation marks. */
export const QUOTES = (1 << 29) - 1
/** A character from U+F000 on was found. U+FFFD is one, which native code writes for a lone surrogate. */
export const HIGH = 1 << 29
/** A backslash or a control character was found. */
export const UNCLEAN = 1 << 30
/** A character beyond ASCII was found. */
export const NON_ASCII = 1 << 31

/** The loops take steps of 16 bytes: the bytes past the end must be spaces. */
export interface Scanner {
  readonly scan: (start: number, end: number) => number
  /** Is there a U+FFFD? A U+FFFD right after the end may count. */
  readonly hasReplacement: (start: number, end: number) => number
  /** Are the 36 bytes from `at` on hexadecimal digits in groups of 8-4-4-4-12? */
  readonly isHexadecimal: (at: number) => number
  /** Copies to `to` with the escapes of JSON. The two ranges must not overlap. Returns the end of the copy. */
  readonly escape: (start: number, end: number, to: number) => number
}

/** Throws on runtimes without WebAssembly SIMD. */
export function createScanner(memory: SlabMemory): Scanner {
  return instantiate(CODE, memory) as Scanner
}

const CODE =
  'AGFzbQEAAAABGQRgAn9/AX9gAX8Bf2ACe3sBe2ADf39/AX8CDQEBbQZtZW1vcnkCAAEDBgUAAAECAwcyBARzY2FuAAAOaGFzUmVwbGFjZW1lbnQAAQ1pc0hleGFkZWNpbWFsAAIGZX' +
  'NjYXBlAAQKzAYFywECBHsBf/0M/////////////////////yEEAkADQCAAIAFPDQEgAP0AAAAhAiAEIAL9dyEEIAUgAv15IQUgAyAC/QxcXFxcXFxcXFxcXFxcXFxc/SP9UCEDIAYg' +
  'Av0MIiIiIiIiIiIiIiIiIiIiIv0j/WRpaiEGIABBEGohAAwACwsgBiAF/Qzv7+/v7+/v7+/v7+/v7+/v/Sz9U0EddHIgAyAE/QwgICAgICAgICAgICAgICAg/Sb9UP1TQR50IAX9ZE' +
  'EAR0EfdHJyC3IAA0AgACABSQRAIAD9AAAA/Qzv7+/v7+/v7+/v7+/v7+/v/SMgAP0AAAH9DL+/v7+/v7+/v7+/v7+/v7/9IyAA/QAAAv0Mvb29vb29vb29vb29vb29vf0j/U79Tv1T' +
  'BEBBAQ8LIABBEGohAAwBCwtBAAtWACAA/QAAAP0MAAAAAAAAAAD/AAAAAP8AABADIAD9AAAQ/QwAAP8AAAAA/wAAAAAAAAAAEAMgAP0AABT9DAAAAP8AAAAAAAAAAAAAAAAQA/1O/U' +
  '79YwuGAQAgAP0MLS0tLS0tLS0tLS0tLS0tLf0jIAD9DDAwMDAwMDAwMDAwMDAwMDD9cf0MCQkJCQkJCQkJCQkJCQkJCf0qIAD9DCAgICAgICAgICAgICAgICD9UP0MYWFhYWFhYWFh' +
  'YWFhYWFhYf1x/QwFBQUFBQUFBQUFBQUFBQUF/Sr9UCAB/VILqgICAXsDfwNAIAAgAUkEQCAA/QAAACEDIAIgA/0LAABBgIAEIAP9DCAgICAgICAgICAgICAgICD9JiAD/QwiIiIiIi' +
  'IiIiIiIiIiIiIi/SMgA/0MXFxcXFxcXFxcXFxcXFxcXP0j/VD9UP1kciEEIARoIQQgACAEaiEAIAIgBGohAiAEQRBGDQEgAC0AACEFIABBAWohACAFIQYgBUEgSQRAQQAhBiAFQQhr' +
  'QQZJBEBB/wFC4ui5g+DMHCAFQQhrQQN0rYincSEGCwsgBgRAIAJB3AAgBkEIdHI7AAAgAkECaiECBSACQdzqwYEDNgAAIAJBMCAFQQR2ajoABCAFQQ9xIQUgAiAFQdcAQTAgBUEJSx' +
  'tqOgAFIAJBBmohAgsMAQsLIAIgACABa2sL'
