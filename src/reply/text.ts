/** Text as a body. */

// oxlint-disable-next-line no-control-regex -- ASCII is all of U+0000 to U+007F
const ASCII = /^[\0-\x7f]*$/
const encoder = new TextEncoder()

/** ASCII stays a string, which writers send as it is; other text becomes UTF-8 bytes. */
export function toTextBody(text: string): string | Uint8Array {
  return ASCII.test(text) ? text : encoder.encode(text)
}
