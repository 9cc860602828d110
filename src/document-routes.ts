/** The routes that show what is declared: the document, and its page. Neither is in it, and neither's code is loaded before it is asked for. */
import type { OpenAPIDocument } from './openapi/document.ts'
import type { DocsPage } from './openapi/docs.ts'
import { html, text } from './representation/text.ts'
import { get, type Route } from './routing/route.ts'

export interface DocumentPaths {
  /** Where the document is served; `false`: nowhere. Default: `/openapi.json`. */
  readonly openapiPath?: string | false
  /** Where its page is served; `false`: nowhere, as where there is no document. Default: `/docs`. */
  readonly docsPath?: string | false
}

export function documentRoutes(
  { openapiPath = '/openapi.json', docsPath = '/docs' }: DocumentPaths,
  document: () => Promise<OpenAPIDocument>,
): Readonly<Record<string, Route>> {
  if (openapiPath === false) return {}
  const openapi = get(openapiPath, { inDocument: false, responses: { 200: text('application/json') } }, async () =>
    JSON.stringify(await document()),
  )
  if (docsPath === false) return { openapi }
  const pages = new WeakMap<OpenAPIDocument, Promise<DocsPage>>()
  const docs = get(docsPath, { inDocument: false, responses: { 200: html() } }, async ({ response }) => {
    const shown = await document()
    let page = pages.get(shown)
    if (page === undefined) pages.set(shown, (page = createPage(shown, referTo(openapiPath, docsPath))))
    const made = await page
    response.headers.set('content-security-policy', made.policy)
    return made.html
  })
  return { openapi, docs }
}

async function createPage(document: OpenAPIDocument, documentPath: string): Promise<DocsPage> {
  const { createDocsPage } = await import('./openapi/docs.ts')
  return createDocsPage(document, documentPath)
}

/** Relative where both are in one folder, so that a proxy may put a prefix before them. */
function referTo(path: string, from: string): string {
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  return from.slice(0, from.lastIndexOf('/') + 1) === folder ? path.slice(folder.length) : path
}
