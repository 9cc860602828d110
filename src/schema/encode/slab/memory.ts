/** The slab: one reusable piece of memory that answers are written into as UTF-8, and the SIMD scan over it. */

declare const WebAssembly: {
  readonly Memory: new (pages: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer }
  readonly Module: new (code: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> }
}

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

/** Where writing must end, in bytes. */
export const LIMIT = PAGES * PAGE - SLACK

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
  /** Looks at `[start, end)` in steps of 16 bytes: the number of quotation marks, and the two bits below. */
  readonly scan: (start: number, end: number) => number
  /** An encoder is writing: another one, called by a getter, must not. */
  busy: boolean
}

/** A backslash or a control character is there. */
export const UNCLEAN = 1 << 30
/** Something beyond ASCII is there. */
export const NON_ASCII = 1 << 31
export const QUOTES = UNCLEAN - 1

/**
 * (func (export "scan") (param $at i32) (param $end i32) (result i32)
 *   (local $v v128) (local $bad v128) (local $all v128) (local $quotes i32)
 *   (block $done (loop $next
 *     (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
 *     (local.set $v (v128.load align=1 (local.get $at)))
 *     (local.set $all (v128.or (local.get $all) (local.get $v)))
 *     (local.set $bad (v128.or (local.get $bad)
 *       (v128.or (i8x16.lt_u (local.get $v) (i8x16.splat 32)) (i8x16.eq (local.get $v) (i8x16.splat 92)))))
 *     (local.set $quotes (i32.add (local.get $quotes)
 *       (i32.popcnt (i8x16.bitmask (i8x16.eq (local.get $v) (i8x16.splat 34))))))
 *     (local.set $at (i32.add (local.get $at) (i32.const 16)))
 *     (br $next)))
 *   (i32.or (local.get $quotes) (i32.or
 *     (i32.shl (v128.any_true (local.get $bad)) (i32.const 30))
 *     (i32.shl (i32.ne (i8x16.bitmask (local.get $all)) (i32.const 0)) (i32.const 31)))))
 */
const SCAN =
  'AGFzbQEAAAABBwFgAn9/AX8CDQEBbQZtZW1vcnkCAAEDAgEABwgBBHNjYW4AAAqWAQGTAQIDewF/AkADQCAAIAFPDQEgAP0AAAAhAiAEIAL9UCEEIAMgAv0MICAgICAgICAgICAg' +
  'ICAgIP0mIAL9DFxcXFxcXFxcXFxcXFxcXFz9I/1Q/VAhAyAFIAL9DCIiIiIiIiIiIiIiIiIiIiL9I/1kaWohBSAAQRBqIQAMAAsLIAUgA/1TQR50IAT9ZEEAR0EfdHJyCw=='

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
  if (typeof Buffer !== 'function' || typeof WebAssembly !== 'object') return undefined
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES })
  const instance = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(SCAN, 'base64')), { m: { memory } })
  const bytes = Buffer.from(memory.buffer) as NativeBuffer
  const made: Slab = {
    bytes,
    view: new DataView(memory.buffer),
    scan: instance.exports['scan'] as Slab['scan'],
    busy: false,
  }
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
