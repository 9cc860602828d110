/** Dates as RFC 3339 text in the slab. */
import { civilOf, DAY_MS, isFourDigitYear } from '../dates.ts'
import type { Slab } from './memory.ts'
import { PAIRS, type NumberWriters } from './numbers.ts'

/** The bytes of `HH` and the like at their places are written by table; a day that was the last one's too is copied. */
export function timeWriter({ bytes, view }: Slab, { ascii }: NumberWriters): (time: number, at: number) => number {
  const day = new DataView(new ArrayBuffer(16))
  let lastDay = NaN
  let yearAndMonth = 0
  let dayAndT = 0

  return (time, at) => {
    if (!isFourDigitYear(time)) return ascii(new Date(time).toISOString(), at)
    const days = Math.floor(time / DAY_MS)
    if (days !== lastDay) setDay(days)
    const inDay = (time - days * DAY_MS) | 0
    const seconds = (inDay / 1000) | 0
    const ms = inDay - seconds * 1000
    const minutes = (seconds / 60) | 0
    const hours = (minutes / 60) | 0
    view.setFloat64(at, yearAndMonth, true)
    view.setUint32(at + 8, dayAndT, true)
    view.setUint16(at + 11, PAIRS[hours]!, true)
    bytes[at + 13] = 58
    view.setUint16(at + 14, PAIRS[minutes - hours * 60]!, true)
    bytes[at + 16] = 58
    view.setUint16(at + 17, PAIRS[seconds - minutes * 60]!, true)
    const hundreds = (ms / 100) | 0
    view.setUint16(at + 19, 46 | ((48 + hundreds) << 8), true)
    view.setUint16(at + 21, PAIRS[ms - hundreds * 100]!, true)
    bytes[at + 23] = 90
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
    lastDay = days
  }
}
