/** HTML by template literals: whatever is put in is escaped, unless it is HTML already. */

export class HTML {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type Content = string | number | HTML | undefined | readonly Content[]

/** Lists are put one after the other; `undefined` is nothing. */
export function html(strings: TemplateStringsArray, ...values: Content[]): HTML {
  return new HTML(strings.map((string, index) => string + (index < values.length ? toText(values[index]) : '')).join(''))
}

/** The same, where each space counts: formatters know only the other. */
export const verbatim = html

function toText(content: Content): string {
  if (content === undefined) return ''
  if (content instanceof HTML) return content.text
  if (typeof content === 'string' || typeof content === 'number') return escapeHTML(String(content))
  return content.map(toText).join('')
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export function escapeHTML(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character]!)
}

/** Puts something between each two. */
export function join(contents: readonly Content[], between: Content): Content {
  return contents.flatMap((content, index) => (index === 0 ? [content] : [between, content]))
}
