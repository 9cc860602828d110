/** The docs page: the whole document as one HTML page, made on the server, that loads nothing from anywhere. */
import type { OpenAPIDocument } from './document.ts'
import { toPage } from './docs/page.ts'
import { SCRIPT } from './docs/script.ts'
import { STYLE } from './docs/style.ts'

export interface DocsPage {
  readonly html: string
  /** To be sent as `Content-Security-Policy`: the page's own style and script may run, nothing else. */
  readonly policy: string
}

/** `documentPath` is where the document is, as a reference from the page: `openapi.json`. */
export async function createDocsPage(document: OpenAPIDocument, documentPath: string): Promise<DocsPage> {
  const [style, script] = await Promise.all([toHash(STYLE), toHash(SCRIPT)])
  const policy = `default-src 'none'; style-src ${style}; script-src ${script}; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`
  return { html: toPage(document, documentPath).text, policy }
}

async function toHash(source: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(source)))
  return `'sha256-${btoa(String.fromCharCode(...digest))}'`
}
