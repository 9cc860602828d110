/** Lists in header fields (RFC 9110 §5.6.1). */

/** The elements between commas, without the whitespace around them. Empty elements are left out; a comma inside a quoted string does not end an element. */
export function parseList(value: string): readonly string[] {
  const elements = value.includes('"') ? splitOutsideQuotes(value) : value.split(',')
  return elements.map(trimWhitespace).filter((element) => element !== '')
}

/** Removes `OWS = *( SP / HTAB )` (§5.6.3) from both ends. `trim()` would also remove characters that are part of a value, such as U+00A0. */
export function trimWhitespace(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isWhitespace(text, start)) start++
  while (end > start && isWhitespace(text, end - 1)) end--
  return text.slice(start, end)
}

function isWhitespace(text: string, at: number): boolean {
  const character = text[at]
  return character === ' ' || character === '\t'
}

/** A quoted string that is not closed reaches to the end of the value. */
function splitOutsideQuotes(value: string): string[] {
  const elements: string[] = []
  let start = 0
  let isQuoted = false
  for (let i = 0; i < value.length; i++) {
    const character = value[i]
    if (character === '"') isQuoted = !isQuoted
    else if (character === '\\' && isQuoted) i++
    else if (character === ',' && !isQuoted) {
      elements.push(value.slice(start, i))
      start = i + 1
    }
  }
  return [...elements, value.slice(start)]
}

/** The values of a list: a quoted string stands for its content (RFC 9110 §5.6.4). */
export function parseListValues(value: string): readonly string[] {
  return parseList(value).map((element) => (isQuotedString(element) ? element.slice(1, -1).replaceAll(QUOTED_PAIR, '$1') : element))
}

function isQuotedString(element: string): boolean {
  return element.length > 1 && element.startsWith('"') && element.endsWith('"')
}

/** `quoted-pair = "\" ( HTAB / SP / VCHAR / obs-text )` */
const QUOTED_PAIR = /\\(.)/g

/** The inverse of `parseListValues`: an element that it would change becomes a quoted string. */
export function formatList(values: readonly string[]): string {
  return values.map((value) => (NEEDS_QUOTES.test(value) ? `"${value.replaceAll(/["\\]/g, '\\$&')}"` : value)).join(', ')
}

/** A comma, a quote, whitespace at the start or end, or an empty element. */
const NEEDS_QUOTES = /[,"]|^\s|\s$|^$/
