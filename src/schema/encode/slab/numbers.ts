/** Writes numbers and dates into the slab. */
import type { Slab } from './memory.ts'
import { civilOf, DAY_MS, isInRange } from '../values/dates.ts'

export interface NumberWriters {
  /** Writes a safe integer. Returns the position after it, as the other functions do. */
  readonly integer: (value: number, at: number) => number
  /** Writes any finite number. */
  readonly number: (value: number, at: number) => number
  /** Writes text that must be ASCII. */
  readonly ascii: (text: string, at: number) => number
}

/** `00` to `99` as pairs of bytes, little-endian. */
const PAIRS: Uint16Array = Uint16Array.from({ length: 100 }, (_, value) => (48 + Math.floor(value / 10)) | ((48 + (value % 10)) << 8))

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
    // With so few digits, `String(value)` has exactly these digits.
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

/** By number: two digits and the character after them, little-endian. The next write overwrites the fourth byte. */
function digitsAnd(character: string, count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, value) => PAIRS[value]! | (character.charCodeAt(0) << 16))
}

/** By number: `000Z` to `999Z`, little-endian. */
function millisecondsAndZ(): Uint32Array {
  return Uint32Array.from({ length: 1000 }, (_, value) => {
    const hundreds = Math.floor(value / 100)
    return (48 + hundreds) | (PAIRS[value - hundreds * 100]! << 8) | (90 << 24)
  })
}

/** Writes a date as RFC 3339 text. The time of day comes from tables. The text of the day is kept, because the next date is often of the same day. */
export function timeWriter({ view }: Slab, { ascii }: NumberWriters): (time: number, at: number) => number {
  const dayMs = DAY_MS
  const withColon = digitsAnd(':', 60)
  const withPoint = digitsAnd('.', 60)
  const withZ = millisecondsAndZ()
  const day = new DataView(new ArrayBuffer(16))
  let dayStart = NaN
  let yearAndMonth = 0
  let dayAndT = 0

  return (time, at) => {
    if (!(time >= dayStart && time < dayStart + dayMs)) {
      if (!isInRange(time)) return ascii(new Date(time).toISOString(), at)
      setDay(Math.floor(time / dayMs))
    }
    const inDay = (time - dayStart) | 0
    const seconds = (inDay / 1000) | 0
    const minutes = (seconds / 60) | 0
    const hours = (minutes / 60) | 0
    view.setFloat64(at, yearAndMonth, true)
    view.setUint32(at + 8, dayAndT, true)
    view.setUint32(at + 11, withColon[hours]!, true)
    view.setUint32(at + 14, withColon[minutes - hours * 60]!, true)
    view.setUint32(at + 17, withPoint[seconds - minutes * 60]!, true)
    view.setUint32(at + 20, withZ[inDay - seconds * 1000]!, true)
    return at + 24
  }

  function setDay(days: number): void {
    const date = civilOf(days)
    const year = date >> 9
    const century = (year / 100) | 0
    day.setUint16(0, PAIRS[century]!, true)
    day.setUint16(2, PAIRS[year - century * 100]!, true)
    day.setUint8(4, 45)
    day.setUint16(5, PAIRS[(date >> 5) & 15]!, true)
    day.setUint8(7, 45)
    day.setUint16(8, PAIRS[date & 31]!, true)
    day.setUint8(10, 84)
    yearAndMonth = day.getFloat64(0, true)
    dayAndT = day.getUint32(8, true)
    dayStart = days * dayMs
  }
}
