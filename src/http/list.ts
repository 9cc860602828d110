/** Lists in header fields (RFC 9110 §5.6.1). */

/** `#element`: what stands between commas, without white space around it. Empty elements are none, and a comma in a quoted string is a part of it. */
export function parseList(value: string): readonly string[] {
  const elements = value.includes('"') ? splitOutsideQuotes(value) : value.split(',')
  return elements.map((element) => element.trim()).filter((element) => element !== '')
}

/** A quoted string without its end reaches to the end of the field. */
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
