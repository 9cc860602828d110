/** HTML by template literals: values are escaped, unless they are HTML already. */

export class HTML {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type Content = string | number | HTML | undefined | readonly Content[]

/** The items of a list are joined; `undefined` becomes nothing. The indentation of the template is removed. */
export function html(strings: TemplateStringsArray, ...values: Content[]): HTML {
  return fill(
    strings.map((string) => string.replace(/\n\s*/g, '\n')),
    values,
  )
}

/** The same, with every space of the template. */
export function verbatim(strings: TemplateStringsArray, ...values: Content[]): HTML {
  return fill(strings, values)
}

function fill(strings: readonly string[], values: readonly Content[]): HTML {
  return new HTML(strings.map((string, index) => string + (index < values.length ? toText(values[index]) : '')).join(''))
}

function toText(content: Content): string {
  if (content === undefined) return ''
  if (content instanceof HTML) return content.text
  if (typeof content === 'string' || typeof content === 'number') return escapeHTML(String(content))
  return content.map(toText).join('')
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escapeHTML(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character]!)
}

/** Puts `between` between every two contents. */
export function join(contents: readonly Content[], between: Content): Content {
  return contents.flatMap((content, index) => (index === 0 ? [content] : [between, content]))
}
