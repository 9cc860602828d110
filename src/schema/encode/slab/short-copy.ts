/** The slab's copying of short strings by WebAssembly: `short-copy.wat`, assembled. */
import { instantiate, type SlabMemory } from './wasm.ts'
import { hasStringsInWasm } from '../../run-time.ts'

/** Copies the low byte of each unit. Returns the bitwise or of all units. */
export type ShortCopy = (text: string, length: number, at: number) => number

/** `undefined` on runtimes where WebAssembly can't read strings, or is slow at it. */
export function createShortCopy(memory: SlabMemory): ShortCopy | undefined {
  if (!hasStringsInWasm) return undefined
  try {
    return (instantiate(CODE, memory, ['js-string']) as { copy: ShortCopy }).copy
  } catch {
    return undefined
  }
}

const CODE =
  'AGFzbQEAAAABDgJgAm9/AX9gA29/fwF/AikCDndhc206anMtc3RyaW5nCmNoYXJDb2RlQXQAAAFtBm1lbW9yeQIAAQMCAQEHCAEEY29weQABCjcBNQEDfwJAA0AgAyABTw0BIAAgAx' +
  'AAIQQgBSAEciEFIAIgA2ogBDoAACADQQFqIQMMAAsLIAUL'
