/** Descriptions are CommonMark: paragraphs, lists, code, emphasis and links of it are shown, the rest stands as it was written. */
import { html, type Content, type HTML } from './html.ts'

export function markdown(text: string | undefined): HTML | undefined {
  if (text === undefined || text.trim() === '') return undefined
  return html`${text
    .trim()
    .split(/\n{2,}/)
    .map(toBlock)}`
}

function toBlock(block: string): HTML {
  const items = block.split(/\n(?=[-*] )/)
  if (/^[-*] /.test(block))
    return html`<ul>
      ${items.map((item) => html`<li>${toInline(item.slice(2))}</li>`)}
    </ul>`
  return html`<p>${toInline(block)}</p>`
}

/** One line of it, without a paragraph around. */
export function inlineMarkdown(text: string | undefined): Content {
  return text === undefined ? undefined : toInline(text)
}

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\((https?:\/\/[^)\s]+)\)/g

function toInline(text: string): Content {
  const parts: Content[] = []
  let at = 0
  for (const match of text.matchAll(INLINE)) {
    const [whole, code, strong, emphasis, label, href] = match
    parts.push(text.slice(at, match.index))
    if (code !== undefined) parts.push(html`<code>${code}</code>`)
    else if (strong !== undefined) parts.push(html`<strong>${strong}</strong>`)
    else if (emphasis !== undefined) parts.push(html`<em>${emphasis}</em>`)
    else parts.push(html`<a href="${href}" rel="noreferrer">${label}</a>`)
    at = match.index + whole.length
  }
  return [...parts, text.slice(at)]
}
