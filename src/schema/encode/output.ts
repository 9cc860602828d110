/** Text as writers take it. */

/**
 * The most bytes that are handed over as text. Text lies on the engine's own heap, where memory that was just used is used again: to make bytes
 * of it takes fresh memory, up to three times what all the rest of an answer costs. Of longer text, what Node writes takes fresh memory too.
 */
export const TEXT_LIMIT = 122_880

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
