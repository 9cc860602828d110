/** Renders the whole document as one HTML page, which loads no other file. */
import type { OpenAPIDocument } from './document.ts'
import { toPage } from './docs/page.ts'
import { toHash, type DocsPage } from './docs/policy.ts'
import { SCRIPT, THEME_SCRIPT } from './docs/script.ts'
import { toConnections } from './docs/servers.ts'
import { STYLE } from './docs/style.ts'

/**
 * `documentPath`: the URL of the document, relative to the page, such as `openapi.json`. `rootPath`: the base path of the routes, relative to the
 * document, such as `..` for `/api/openapi.json`.
 */
export async function createDocsPage(document: OpenAPIDocument, documentPath: string, rootPath = '.'): Promise<DocsPage> {
  const [style, theme, script] = await Promise.all([STYLE, THEME_SCRIPT, SCRIPT].map(toHash))
  const policy = `default-src 'none'; style-src ${style}; script-src ${theme} ${script}; connect-src ${toConnections(document)}; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`
  return { html: toPage(document, documentPath, rootPath).text, policy }
}
