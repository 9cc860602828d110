/** The slab: one reusable piece of memory that answers are written into as UTF-8, and the SIMD scan over it. */

import { createScanner, NON_ASCII, type Scanner } from './scan.ts'

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
/** Thrown where a string needs more than to be copied. */
export const DIRTY: Error = new Error('A string needs an escape')

/** Methods of Node's and Bun's `Buffer` that its documentation does not have. */
export interface NativeBuffer extends Buffer {
  utf8Write(text: string, offset: number): number
  latin1Slice(start: number, end: number): string
  utf8Slice(start: number, end: number): string
}

export interface Slab {
  readonly bytes: NativeBuffer
  readonly view: DataView
  readonly scan: Scanner['scan']
  readonly escape: Scanner['escape']
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
  const { memory, scan, escape } = createScanner(PAGES)
  const made: Slab = { bytes: Buffer.from(memory) as NativeBuffer, view: new DataView(memory), scan, escape, busy: false }
  return isSound(made) ? made : undefined
}

/** Undocumented methods and another byte order are not to be trusted unseen. */
function isSound({ bytes, view, scan }: Slab): boolean {
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
    scan(3, 19) === (1 | NON_ASCII)
  )
}
