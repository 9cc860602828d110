/** Parses JSON text (RFC 8259): a nesting limit, the position of a syntax error, and exact integers. The limits also apply to values from other decoders. */
import { isObject } from './object-value.ts'

/** `at` counts UTF-16 code units from the start of the text. */
export type ParsedJSON =
  | { readonly value: unknown; readonly fault?: undefined; readonly at?: undefined }
  | { readonly fault: string; readonly at: number; readonly value?: undefined }

/** Far more levels than data has, and far fewer than overflow the stack of code that walks the value. */
export const MAX_DEPTH = 512

/**
 * The nesting limit of a response, which also ends cycles: a document of the maximum depth of a request, inside another such document. A level may pass
 * through two recursive models, and a scalar of a recursive model counts as a level too.
 */
export const MAX_WRITTEN_DEPTH = 2 * MAX_DEPTH

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
    // The engine's own message quotes the text, and has the position only sometimes.
    return { fault: 'The content is not valid JSON', at: findSyntaxError(text) }
  }
}

/** The index of the first bracket beyond the nesting limit. Only counts brackets; the parser checks whether they match. */
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

/** Whether the text contains `__proto__`, also with escapes for its letters. */
function namesPrototype(text: string): boolean {
  // `includes` is many times faster than a regular expression.
  return text.includes('__proto__') || (text.includes('\\u00') && /\\u00(?:5f|6f|7[024])/i.test(text))
}

/** Removes own properties of this name, which are dangerous when a program merges the value into another object. */
function dropPrototypes(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  if (Object.hasOwn(value, '__proto__')) Reflect.deleteProperty(value, '__proto__')
  for (const one of Object.values(value)) dropPrototypes(one)
}

/** `ws = *( SP / HTAB / LF / CR )` */
const BLANKS = /[ \t\n\r]*/y
/** `false / null / true / number` */
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
/** `unescaped = %x20-21 / %x23-5B / %x5D-10FFFF` */
const UNESCAPED = /[ !#-[\]-\uffff]*/y
/** `escape ( %x22 / %x5C / %x2F / "b" / "f" / "n" / "r" / "t" / "u" 4HEXDIG )` */
const ESCAPED = /\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})/y

/** The index of the first character that cannot be at its position in any JSON text; the text's length if it ends too early. */
export function findSyntaxError(text: string): number {
  const closers: string[] = []
  let expected: 'value' | 'name' | 'colon' | 'comma' = 'value'
  /** Whether a bracket was just opened: the array or object may be empty. */
  let opened = false
  let at = 0
  for (;;) {
    at = endOf(BLANKS, text, at)!
    const character = text[at]
    const mayClose = opened || expected === 'comma'
    opened = false
    if (mayClose && character !== undefined && character === closers.at(-1)) {
      closers.pop()
      expected = 'comma'
      at++
    } else if (expected === 'comma') {
      if (character !== ',' || closers.length === 0) return at
      expected = closers.at(-1) === '}' ? 'name' : 'value'
      at++
    } else if (expected === 'colon') {
      if (character !== ':') return at
      expected = 'value'
      at++
    } else if (character === '"') {
      const { end, closed } = readString(text, at)
      if (!closed) return end
      expected = expected === 'name' ? 'colon' : 'comma'
      at = end
    } else if (expected === 'name') {
      return at
    } else if (character === '{' || character === '[') {
      closers.push(character === '{' ? '}' : ']')
      expected = character === '{' ? 'name' : 'value'
      opened = true
      at++
    } else {
      const end = endOf(SCALAR, text, at)
      if (end === undefined) return at
      expected = 'comma'
      at = end
    }
  }
}

/** The end of the string, or the position of its first invalid character. */
function readString(text: string, from: number): { end: number; closed: boolean } {
  let at = from + 1
  for (;;) {
    at = endOf(UNESCAPED, text, at)!
    if (text[at] === '"') return { end: at + 1, closed: true }
    const escaped = endOf(ESCAPED, text, at)
    if (escaped === undefined) return { end: at, closed: false }
    at = escaped
  }
}

function endOf(pattern: RegExp, text: string, from: number): number | undefined {
  pattern.lastIndex = from
  return pattern.test(text) ? pattern.lastIndex : undefined
}

/** A JSON string or number. A string without an end matches too, or text full of quotes would take quadratic time. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\[^][^"\\]*)*"?|-?\d[\d.eE+-]*/g

/** Integers of fewer digits always fit a double. */
const LONG_INTEGER = /^-?\d{16,}$/

/** A random mark for exact integers, which a client cannot guess. Created on first use, because Workers give no random values while a module loads. */
let mark: string | undefined

/** Throws a `SyntaxError`, as `JSON.parse` does. Long integers become bigints. */
export function parseExactJSON(text: string): unknown {
  const own = (mark ??= crypto.randomUUID())
  const marked = text.replace(STRING_OR_NUMBER, (token) => (LONG_INTEGER.test(token) ? `"${own}${token}"` : token))
  if (marked === text) return JSON.parse(text)
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith(own) ? BigInt(value.slice(own.length)) : value,
  )
}

/** Turns the bigints of `parseExactJSON` into numbers again, for a part whose model declares no bigint. */
export function toPlainNumbers(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(toPlainNumbers)
  if (!isObject(value)) return value
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, toPlainNumbers(one)]))
}

/**
 * Removes own properties named `__proto__`, which are dangerous when the value is merged into another object.
 * Returns false if the value is nested deeper than 512 levels: a model that accepts any value would pass it to code that overflows its stack.
 */
export function cleanDecoded(value: unknown, levels: number = MAX_DEPTH): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return true
  if (levels === 0) return false
  if (Object.hasOwn(value, '__proto__')) Reflect.deleteProperty(value, '__proto__')
  return childrenOf(value).every((child) => cleanDecoded(child, levels - 1))
}

function childrenOf(value: object): readonly unknown[] {
  if (value instanceof Map) return [...value.keys(), ...value.values()]
  // Not the indexes of an array: a decoder may create an empty array with a huge length that a header of the content gives.
  return value instanceof Set ? [...value] : Object.values(value)
}
