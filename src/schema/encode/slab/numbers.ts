/** Numbers as digits in the slab. */
import type { Slab } from './memory.ts'

export interface NumberWriters {
  /** A safe integer. Returns the position after it. */
  readonly integer: (value: number, at: number) => number
  /** Any finite number. */
  readonly number: (value: number, at: number) => number
  /** Text that must be ASCII. */
  readonly ascii: (text: string, at: number) => number
}

/** `00` to `99` as pairs of bytes, little end first. */
export const PAIRS: Uint16Array = Uint16Array.from(
  { length: 100 },
  (_, value) => (48 + Math.floor(value / 10)) | ((48 + (value % 10)) << 8),
)

export function numberWriters({ bytes, view }: Slab): NumberWriters {
  // V8 treats this local as a constant. A bundler turns constants at the top of a module into variables.
  const pairs = PAIRS
  return { integer, number, ascii }

  function integer(value: number, at: number): number {
    let p = at
    let rest = value
    if (rest < 0) {
      bytes[p++] = 45
      rest = -rest
    }
    if (rest < 100) return below100(rest, p)
    if (rest < 10_000) {
      const head = (rest / 100) | 0
      p = below100(head, p)
      view.setUint16(p, pairs[rest - head * 100]!, true)
      return p + 2
    }
    if (rest >= 100_000_000) {
      const head = Math.floor(rest / 100_000_000)
      p = integer(head, p)
      return eight((rest - head * 100_000_000) | 0, p)
    }
    const head = (rest / 10_000) | 0
    p = head < 100 ? below100(head, p) : belowMyriad(head, p)
    return four((rest | 0) - head * 10_000, p)
  }

  function below100(value: number, at: number): number {
    if (value < 10) {
      bytes[at] = 48 + value
      return at + 1
    }
    view.setUint16(at, pairs[value]!, true)
    return at + 2
  }

  function belowMyriad(value: number, at: number): number {
    const head = (value / 100) | 0
    const p = below100(head, at)
    view.setUint16(p, pairs[value - head * 100]!, true)
    return p + 2
  }

  function four(value: number, at: number): number {
    const head = (value / 100) | 0
    view.setUint16(at, pairs[head]!, true)
    view.setUint16(at + 2, pairs[value - head * 100]!, true)
    return at + 4
  }

  function eight(value: number, at: number): number {
    const head = (value / 10_000) | 0
    return four(value - head * 10_000, four(head, at))
  }

  function number(value: number, at: number): number {
    if (Number.isSafeInteger(value)) return integer(value, at)
    // With so few digits, the shortest text of the double has exactly these digits.
    const hundredths = Math.round(value * 100)
    if (hundredths / 100 === value && hundredths < 1e9 && hundredths > -1e9) return decimal(hundredths, at)
    return ascii(String(value), at)
  }

  function decimal(hundredths: number, at: number): number {
    let p = at
    let rest = hundredths | 0
    if (rest < 0) {
      bytes[p++] = 45
      rest = -rest
    }
    const head = (rest / 100) | 0
    const fraction = rest - head * 100
    p = integer(head, p)
    bytes[p++] = 46
    if (fraction % 10 === 0) {
      bytes[p] = 48 + fraction / 10
      return p + 1
    }
    view.setUint16(p, pairs[fraction]!, true)
    return p + 2
  }

  function ascii(text: string, at: number): number {
    const { length } = text
    for (let i = 0; i < length; i++) bytes[at + i] = text.charCodeAt(i)
    return at + length
  }
}
