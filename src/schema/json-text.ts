/** Parses JSON text (RFC 8259) with a nesting limit, and finds the position of a syntax error. */

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
