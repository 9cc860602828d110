/** The docs page: the whole document as one HTML page, made on the server, that loads nothing from anywhere. */
import type { OpenAPIDocument } from './document.ts'
import { schemesOf, tokenUrlOf } from './docs/authorize.ts'
import { toPage } from './docs/page.ts'
import { SCRIPT } from './docs/script.ts'
import { STYLE } from './docs/style.ts'

export interface DocsPage {
  readonly html: string
  /** To be sent as `Content-Security-Policy`: the page's own style and script may run, nothing else. */
  readonly policy: string
}

/**
 * `documentPath` is where the document is, as a reference from the page: `openapi.json`. `rootPath` is the path below which the routes are, as a
 * reference from the document: `..` for `/api/openapi.json`.
 */
export async function createDocsPage(document: OpenAPIDocument, documentPath: string, rootPath = '.'): Promise<DocsPage> {
  const [style, script] = await Promise.all([toHash(STYLE), toHash(SCRIPT)])
  const policy = `default-src 'none'; style-src ${style}; script-src ${script}; connect-src ${connections(document)}; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`
  return { html: toPage(document, documentPath, rootPath).text, policy }
}

/** The API itself, its servers, and where tokens are given out. */
function connections(document: OpenAPIDocument): string {
  const tokenUrls = Object.values(schemesOf(document)).map((scheme) => tokenUrlOf(scheme)?.url)
  const urls = [...(document.servers ?? []).map(({ url }) => url), ...tokenUrls]
  const origins = urls.flatMap((url) => (url !== undefined && /^https?:/i.test(url) && URL.canParse(url) ? [new URL(url).origin] : []))
  return ["'self'", ...new Set(origins)].join(' ')
}

async function toHash(source: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(source)))
  return `'sha256-${btoa(String.fromCharCode(...digest))}'`
}
