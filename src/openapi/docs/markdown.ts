/** Renders descriptions in CommonMark, with GitHub's tables and strikethrough. marked parses them, and `html` templates escape their text. */
import { Marked, type MarkedToken, type Token, type Tokens } from 'marked'
import { html, HTML, verbatim, type Content } from './html.ts'

/** A separate instance, so that options that an app sets on `marked` do not change the page. */
const reader = new Marked({ gfm: true })

/** Raw HTML is shown as text. A link that is not to a web page or a mail address is replaced by its text. */
export function markdown(text: string | undefined): HTML | undefined {
  if (text === undefined || text.trim() === '') return undefined
  return html`<div class="prose">${reader.lexer(text).map(toBlock)}</div>`
}

/** Like `markdown`, but for a single line without a paragraph around it. */
export function inlineMarkdown(text: string | undefined): Content {
  return text === undefined
    ? undefined
    : toInline(reader.lexer(text).flatMap((token) => ('tokens' in token ? (token.tokens ?? []) : [token])))
}

function toBlock(given: Token): Content {
  const token = given as MarkedToken // there are no extensions, so no other kinds of token
  switch (token.type) {
    case 'paragraph':
      return verbatim`<p>${toInline(token.tokens)}</p>`
    case 'heading':
      return toHeading(token)
    case 'code':
      return verbatim`<pre><code>${token.text}</code></pre>`
    case 'blockquote':
      return verbatim`<blockquote>${token.tokens.map(toBlock)}</blockquote>`
    case 'list':
      return toList(token)
    case 'table':
      return toTable(token)
    case 'hr':
      return verbatim`<hr />`
    case 'html':
      return token.text.trim() === '' ? undefined : verbatim`<p>${token.text}</p>`
    case 'space':
    case 'def':
    case 'checkbox':
      return undefined
    default:
      return toInline([token])
  }
}

/** The page itself uses the heading levels 1 to 3. */
function toHeading({ depth, tokens }: Tokens.Heading): HTML {
  const inside = toInline(tokens)
  if (depth === 1) return verbatim`<h4>${inside}</h4>`
  return depth === 2 ? verbatim`<h5>${inside}</h5>` : verbatim`<h6>${inside}</h6>`
}

function toList({ ordered, start, items }: Tokens.List): HTML {
  const inside = items.map(({ task, checked, tokens }) => {
    const box = task ? (checked === true ? '☑ ' : '☐ ') : undefined
    return verbatim`<li>${box}${tokens.map(toBlock)}</li>`
  })
  if (!ordered) return verbatim`<ul>${inside}</ul>`
  return start === 1 || start === '' ? verbatim`<ol>${inside}</ol>` : verbatim`<ol start="${start}">${inside}</ol>`
}

function toTable({ header, rows }: Tokens.Table): HTML {
  const cells = header.map(({ tokens }) => verbatim`<th>${toInline(tokens)}</th>`)
  const lines = rows.map((row) => verbatim`<tr>${row.map(({ tokens }) => verbatim`<td>${toInline(tokens)}</td>`)}</tr>`)
  return verbatim`<div class="wide"><table><thead><tr>${cells}</tr></thead><tbody>${lines}</tbody></table></div>`
}

function toInline(tokens: readonly Token[]): Content {
  return tokens.map((given): Content => {
    const token = given as MarkedToken
    switch (token.type) {
      case 'strong':
        return verbatim`<strong>${toInline(token.tokens)}</strong>`
      case 'em':
        return verbatim`<em>${toInline(token.tokens)}</em>`
      case 'del':
        return verbatim`<del>${toInline(token.tokens)}</del>`
      case 'codespan':
        return verbatim`<code>${token.text}</code>`
      case 'br':
        return verbatim`<br />`
      case 'link':
        return toLink(token.href, toInline(token.tokens))
      // The page loads no other files, so an image becomes a link to it.
      case 'image':
        return toLink(token.href, token.text === '' ? token.href : token.text)
      case 'text':
        return token.tokens === undefined ? withReferences(token.text) : toInline(token.tokens)
      case 'escape':
      case 'html':
        return token.text
      default:
        return token.raw
    }
  })
}

const LINKED: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:'])

/** Relative references are links too. The URL parser recognizes a scheme as browsers do, even behind control characters. */
export function toLink(href: string, inside: Content): Content {
  const base = 'https://page.invalid'
  if (!URL.canParse(href, base) || !LINKED.has(new URL(href, base).protocol)) return inside
  return verbatim`<a href="${href}" rel="noreferrer">${inside}</a>`
}

/** Character references are not escaped, because they can't be markup. The browser resolves them. */
function withReferences(text: string): Content {
  return text.split(/(&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});)/i).map((part, index) => (index % 2 === 1 ? new HTML(part) : part))
}
