/** Where a text stops being JSON (RFC 8259): read only when the parser has refused it. */

/** `ws = *( SP / HTAB / LF / CR )` */
const BLANKS = /[ \t\n\r]*/y
/** `false / null / true / number` */
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
/** `unescaped = %x20-21 / %x23-5B / %x5D-10FFFF` */
const UNESCAPED = /[ !#-[\]-\uffff]*/y
/** `escape ( %x22 / %x5C / %x2F / "b" / "f" / "n" / "r" / "t" / "u" 4HEXDIG )` */
const ESCAPED = /\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})/y

/** The index of the first character that no JSON text could have there; the text's length where it ends too early. */
export function findSyntaxError(text: string): number {
  const closers: string[] = []
  let expected: 'value' | 'name' | 'colon' | 'comma' = 'value'
  /** Just behind a bracket: the array or object may be empty. */
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

/** Where the string ends, or where it goes wrong. */
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
