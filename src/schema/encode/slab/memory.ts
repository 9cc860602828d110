/** The slab: one block of memory in which responses are written as UTF-8, one after the other, with the loops over its bytes. */
import { createMemory, createScanner, createShortCopy, HIGH, NON_ASCII, type Scanner, type ShortCopy } from './wasm.ts'

declare global {
  interface String {
    /** ES2024; Node has it since 20. */
    isWellFormed(): boolean
  }
}

const PAGE = 65_536
const PAGES = 64
/** Generated code writes fewer bytes than this between two checks of the space. */
const SLACK = PAGE

/** In bytes. */
export const SIZE = PAGES * PAGE

/** A check of the space fails after this position. */
export const LIMIT = SIZE - SLACK

/** The most bytes that one function may write. Long strings do not count, because writing them checks the space. */
export const LONGEST_RUN = SLACK / 2

/** Thrown by generated code when the slab is full. */
export const FULL: Error = new Error('The slab is full')

/** Undocumented methods of Node's and Bun's `Buffer`. */
export interface NativeBuffer extends Buffer {
  utf8Write(text: string, offset: number): number
  latin1Slice(start: number, end: number): string
  utf8Slice(start: number, end: number): string
}

export interface Slab extends Scanner {
  readonly bytes: NativeBuffer
  readonly view: DataView
  readonly copyShort: ShortCopy | undefined
  /** Whether an encoder is writing. A getter of its value may call another encoder, which must not write here. */
  busy: boolean
}

let slab: Slab | undefined
let isMade = false

/** `undefined` on runtimes without WebAssembly SIMD or without these methods of `Buffer`. */
export function getSlab(): Slab | undefined {
  if (!isMade) {
    isMade = true
    try {
      slab = createSlab()
    } catch {
      slab = undefined
    }
  }
  return slab
}

function createSlab(): Slab | undefined {
  if (typeof Buffer !== 'function') return undefined
  const memory = createMemory(PAGES)
  const { buffer } = memory
  const made: Slab = {
    ...createScanner(memory),
    bytes: Buffer.from(buffer) as NativeBuffer,
    view: new DataView(buffer),
    copyShort: createShortCopy(memory),
    busy: false,
  }
  return isSound(made) ? made : undefined
}

/** Tests the undocumented methods and the byte order before the slab is used. */
function isSound({ bytes, view, scan, hasReplacement, copyShort }: Slab): boolean {
  const sample = '"é\u{1f680}'
  const length = bytes.utf8Write(sample, 3)
  bytes.fill(32, 3 + length, 35)
  view.setFloat64(40, view.getFloat64(3, true), true)
  return (
    sample.isWellFormed() &&
    length === 7 &&
    bytes.utf8Slice(3, 10) === sample &&
    bytes.latin1Slice(40, 41) === '"' &&
    bytes.readUInt32LE(43) === bytes.readUInt32LE(6) &&
    scan(3, 19) === (1 | NON_ASCII | HIGH) &&
    bytes.utf8Write('\ud800', 64) === 3 &&
    hasReplacement(64, 67) === 1 &&
    (copyShort === undefined || (copyShort('aé', 2, 64) === (0x61 | 0xe9) && bytes[64] === 97))
  )
}
