/** JSON text → value (RFC 8259), with a limit of nesting, and the position of a syntax error. */
import { findSyntaxError } from './json-syntax.ts'

/** `at` counts UTF-16 code units from the start of the text. */
export type ParsedJSON =
  | { readonly value: unknown; readonly fault?: undefined; readonly at?: undefined }
  | { readonly fault: string; readonly at: number; readonly value?: undefined }

/** Far more levels than data has, and far fewer than overflow the stack of code that walks the value. */
export const MAX_DEPTH = 512

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** `parse` is `JSON.parse` or does the same. */
export function parseJSONText(text: string, parse: (text: string) => unknown): ParsedJSON {
  const tooDeep = findExcessiveDepth(text)
  if (tooDeep !== undefined) return { fault: `The content is JSON nested deeper than ${MAX_DEPTH} levels`, at: tooDeep }
  try {
    const value = parse(text)
    if (namesPrototype(text)) dropPrototypes(value)
    return { value }
  } catch {
    // The engine's own message quotes the text, and tells the place only sometimes.
    return { fault: 'The content is not valid JSON', at: findSyntaxError(text) }
  }
}

/** Where the first bracket too many opens. Looks at brackets alone: whether they match is the parser's business. */
function findExcessiveDepth(text: string): number | undefined {
  if (text.length <= MAX_DEPTH) return undefined
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > MAX_DEPTH) return at
    } else if (code === 0x5d || code === 0x7d) depth--
  }
  return undefined
}

/** The index of the quote that closes the string opened at `from`. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let backslashes = 0
    while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return at
  }
  return text.length
}

/** Written out, or with an escape for one of its letters. */
function namesPrototype(text: string): boolean {
  // The engine looks for one text many times faster than for an expression.
  return text.includes('__proto__') || (text.includes('\\u00') && /\\u00(?:5f|6f|7[024])/i.test(text))
}

/** An own property of this name is harmless until somebody merges the value into an object of theirs. */
function dropPrototypes(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  if (Object.hasOwn(value, '__proto__')) Reflect.deleteProperty(value, '__proto__')
  for (const one of Object.values(value)) dropPrototypes(one)
}
