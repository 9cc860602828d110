/** The slab: one reusable piece of memory that answers are written into as UTF-8, and the SIMD scan over it. */

import { createScanner, HIGH, NON_ASCII, type Scanner } from './scan.ts'
import { createShortCopy, type ShortCopy } from './short-copy.ts'
import { createMemory } from './wasm.ts'

declare global {
  interface String {
    /** ES2024; Node has it since 20. */
    isWellFormed(): boolean
  }
}

const PAGE = 65_536
const PAGES = 64
/** Written without another look: what stands between two checks of the space is always shorter. */
const SLACK = PAGE

/** In bytes. */
export const SIZE = PAGES * PAGE

/** Where writing must end. */
export const LIMIT = SIZE - SLACK

/** The most bytes that one function may write besides long strings. */
export const LONGEST_RUN = SLACK / 2

/** Thrown where the slab is full. */
export const FULL: Error = new Error('The slab is full')

/** Methods of Node's and Bun's `Buffer` that its documentation does not have. */
export interface NativeBuffer extends Buffer {
  utf8Write(text: string, offset: number): number
  latin1Slice(start: number, end: number): string
  utf8Slice(start: number, end: number): string
}

export interface Slab extends Scanner {
  readonly bytes: NativeBuffer
  readonly view: DataView
  readonly copyShort: ShortCopy | undefined
  /** An encoder is writing: another one, called by a getter, must not. */
  busy: boolean
}

let slab: Slab | undefined
let isMade = false

/** `undefined` where the run time lacks what it needs. */
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

/** Undocumented methods and another byte order are not to be trusted unseen. */
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
