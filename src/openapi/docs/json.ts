/** Formats a JSON value as HTML. Keys, strings and other values each have a class for their color. */
import { join, verbatim, type Content, type HTML } from './html.ts'

export function highlightJSON(value: unknown, indent = ''): HTML {
  if (typeof value !== 'object' || value === null) return verbatim`<span class="${classOf(value)}">${JSON.stringify(value)}</span>`
  const inner = `${indent}  `
  const parts: Content[] = Array.isArray(value)
    ? value.map((item) => highlightJSON(item, inner))
    : Object.entries(value).map(
        ([name, member]) => verbatim`<span class="key">${JSON.stringify(name)}</span>: ${highlightJSON(member, inner)}`,
      )
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  if (parts.length === 0) return verbatim`${open}${close}`
  return verbatim`${open}\n${inner}${join(parts, `,\n${inner}`)}\n${indent}${close}`
}

function classOf(value: unknown): string {
  return typeof value === 'string' ? 'text' : 'value'
}
