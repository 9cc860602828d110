/** The slab's loops in WebAssembly: `scan.wat` and `short-copy.wat`, assembled by `npm run wat`. */
import { hasStringsInWasm } from '../../run-time.ts'

interface SlabMemory {
  readonly buffer: ArrayBuffer
}

export function createMemory(pages: number): SlabMemory {
  return new (webAssembly().Memory)({ initial: pages, maximum: pages })
}

/** The bits of a scan's result with the number of quotation marks. */
export const QUOTES = (1 << 29) - 1
/** The bit for a character from U+F000 on, such as U+FFFD, which `utf8Write` writes for a lone surrogate. */
export const HIGH = 1 << 29
/** The bit for a backslash or a control character. */
export const UNCLEAN = 1 << 30
/** The bit for a character beyond ASCII. */
export const NON_ASCII = 1 << 31

/** The loops take steps of 16 bytes, so the 16 bytes after the end must be spaces. */
export interface Scanner {
  readonly scan: (start: number, end: number) => number
  /** Returns 1 if the bytes contain U+FFFD. It may also find a U+FFFD directly after the end. */
  readonly hasReplacement: (start: number, end: number) => number
  /** Returns 1 if the 36 bytes from `at` on are hexadecimal digits in groups of 8-4-4-4-12. */
  readonly isHexadecimal: (at: number) => number
  /** Copies the bytes to `to` with the escapes of JSON. The two ranges must not overlap. Returns the end of the copy. */
  readonly escape: (start: number, end: number, to: number) => number
}

/** Throws on runtimes without WebAssembly SIMD. */
export function createScanner(memory: SlabMemory): Scanner {
  return instantiate(SCAN, memory) as Scanner
}

/** Copies the low byte of each UTF-16 unit. Returns the bitwise OR of all units, which is below 128 if all are ASCII. */
export type ShortCopy = (text: string, length: number, at: number) => number

/** `undefined` on runtimes where WebAssembly can't read strings, or reads them slowly. */
export function createShortCopy(memory: SlabMemory): ShortCopy | undefined {
  if (!hasStringsInWasm) return undefined
  try {
    return (instantiate(SHORT_COPY, memory, ['js-string']) as { copy: ShortCopy }).copy
  } catch {
    return undefined
  }
}

/** The part of WebAssembly that is used here. The shared type library does not declare it. */
interface WebAssembly {
  readonly Memory: new (pages: { initial: number; maximum: number }) => SlabMemory
  readonly Module: new (code: Uint8Array, options?: { readonly builtins: readonly string[] }) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: object }
}

/** Returns the exports of a module that imports only the memory and the JavaScript builtins with these names. */
function instantiate(base64: string, memory: SlabMemory, builtins: readonly string[] = []): object {
  const { Module, Instance } = webAssembly()
  return new Instance(new Module(Buffer.from(base64, 'base64'), { builtins }), { m: { memory } }).exports
}

function webAssembly(): WebAssembly {
  return (globalThis as unknown as { readonly WebAssembly: WebAssembly }).WebAssembly // every runtime has it, but only the browser's type library declares it
}

const SCAN =
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

const SHORT_COPY =
  'AGFzbQEAAAABDgJgAm9/AX9gA29/fwF/AikCDndhc206anMtc3RyaW5nCmNoYXJDb2RlQXQAAAFtBm1lbW9yeQIAAQMCAQEHCAEEY29weQABCjcBNQEDfwJAA0AgAyABTw0BIAAgAx' +
  'AAIQQgBSAEciEFIAIgA2ogBDoAACADQQFqIQMMAAsLIAUL'
