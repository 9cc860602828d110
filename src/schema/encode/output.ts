/** Text as writers take it. */
import { TEXT_LIMIT } from './slab/run-time.ts'

// oxlint-disable-next-line no-control-regex -- ASCII is all of U+0000 to U+007F
const ASCII = /^[\0-\x7f]*$/
const hasBuffer = typeof Buffer === 'function'
const encoder = new TextEncoder()

/** ASCII text where it is short, else UTF-8 bytes. */
export function toOutput(text: string): string | Uint8Array {
  if (text.length <= TEXT_LIMIT && (hasBuffer ? Buffer.byteLength(text) === text.length : ASCII.test(text))) return text
  return toBytes(text)
}

export function toBytes(text: string): Uint8Array {
  return hasBuffer ? Buffer.from(text, 'utf8') : encoder.encode(text)
}
