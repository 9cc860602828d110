/** The docs page: the whole document as one HTML page, made on the server, that loads nothing else. */
import type { OpenAPIDocument } from './document.ts'
import { toPage } from './docs/page.ts'
import { toHash, type DocsPage } from './docs/policy.ts'
import { SCRIPT, THEME_SCRIPT } from './docs/script.ts'
import { toConnections } from './docs/servers.ts'
import { STYLE } from './docs/style.ts'

/**
 * `documentPath` is where the document is, as a reference from the page: `openapi.json`. `rootPath` is the path below which the routes are, as a
 * reference from the document: `..` for `/api/openapi.json`.
 */
export async function createDocsPage(document: OpenAPIDocument, documentPath: string, rootPath = '.'): Promise<DocsPage> {
  const [style, theme, script] = await Promise.all([STYLE, THEME_SCRIPT, SCRIPT].map(toHash))
  const policy = `default-src 'none'; style-src ${style}; script-src ${theme} ${script}; connect-src ${toConnections(document)}; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`
  return { html: toPage(document, documentPath, rootPath).text, policy }
}
