/** Creates HTML from template literals. Values that are not `HTML` are escaped. */

export class HTML {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type Content = string | number | HTML | undefined | readonly Content[]

/** Lists are concatenated, and `undefined` is omitted. The indentation of the template is removed. */
export function html(strings: TemplateStringsArray, ...values: Content[]): HTML {
  return fill(
    strings.map((string) => string.replace(/\n\s*/g, '\n')),
    values,
  )
}

/** Like `html`, but keeps all white space of the template. */
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

/** Inserts `between` between each pair of contents. */
export function join(contents: readonly Content[], between: Content): Content {
  return contents.flatMap((content, index) => (index === 0 ? [content] : [between, content]))
}
