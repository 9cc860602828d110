/** Dates as RFC 3339 text in the slab. */
import { civilOf, DAY_MS, isInRange } from '../values/dates.ts'
import type { Slab } from './memory.ts'
import { PAIRS, type NumberWriters } from './numbers.ts'

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

/** The time of day is written by tables. The text of the day is kept for the next date, which is often of the same day. */
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
