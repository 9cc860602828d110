/** The routes that serve the document and its page. Neither is in the document, and the code of neither is loaded before it is asked for. */
import { digestOf } from './http/entity-tag.ts'
import type { OpenAPIDocument } from './openapi/document.ts'
import type { DocsPage } from './openapi/docs/policy.ts'
import { findAssets, type Asset, type ViewerName } from './openapi/viewer.ts'
import { file } from './representation/file.ts'
import type { FileLike } from './representation/file-like.ts'
import { html } from './representation/text.ts'
import { get, type Route } from './routing/route.ts'

export interface DocumentPaths {
  /** Where the document is served; `false`: nowhere. Default: `/openapi.json`. */
  readonly openapiPath?: string | false
  /** Where its page is served; `false`: nowhere, as where there is no document. Default: `/docs`. */
  readonly docsPath?: string | false
  /**
   * Serves Swagger UI or Scalar at `docsPath` in place of the built-in page, from the package `swagger-ui-dist` or `@scalar/api-reference`. Install it
   * yourself: without it, creating the app throws a `DeclarationError`.
   */
  readonly docs?: ViewerName
}

export function documentRoutes(
  { openapiPath = '/openapi.json', docsPath = '/docs', docs: viewer }: DocumentPaths,
  document: () => Promise<OpenAPIDocument>,
): Readonly<Record<string, Route>> {
  if (openapiPath === false) return {}
  const toFile = once(createDocumentFile)
  const openapi = get(
    openapiPath,
    { inDocument: false, responses: { 200: file({ mediaType: 'application/json' }) } },
    async ({ response }) => {
      // A client asks each time, and is told with 304 that nothing has changed.
      response.headers.set('cache-control', 'no-cache')
      return toFile(await document())
    },
  )
  if (docsPath === false) return { openapi }
  const assets = viewer === undefined ? [] : findAssets(viewer, docsPath)
  const toPage = once(async (shown: OpenAPIDocument): Promise<DocsPage> => {
    const documentPath = referTo(openapiPath, docsPath)
    if (viewer === undefined) return (await import('./openapi/docs.ts')).createDocsPage(shown, documentPath, referTo('/', openapiPath))
    const { createViewerPage } = await import('./openapi/docs/viewer-page.ts')
    const references = Object.fromEntries(assets.map(({ name, path }) => [name, referTo(path, docsPath)]))
    return createViewerPage(viewer, shown, { document: documentPath, assets: references })
  })
  const docs = get(docsPath, { inDocument: false, responses: { 200: html() } }, async ({ response }) => {
    const page = await toPage(await document())
    response.headers.set('content-security-policy', page.policy)
    return page.html
  })
  return { openapi, docs, ...Object.fromEntries(assets.map((asset) => [asset.name, assetRoute(asset)])) }
}

/** Read when it is first asked for. */
function assetRoute({ path, name, mediaType, read }: Asset): Route {
  let pending: Promise<FileLike> | undefined
  return get(path, { inDocument: false, responses: { 200: file({ mediaType }) } }, ({ response }) => {
    response.headers.set('cache-control', 'no-cache')
    pending ??= read().then((bytes) => toTagged(new File([bytes], name)))
    pending.catch(() => (pending = undefined))
    return pending
  })
}

/** Made once for each document. A failure is not kept. */
function once<Made>(make: (document: OpenAPIDocument) => Promise<Made>): (document: OpenAPIDocument) => Promise<Made> {
  const made = new WeakMap<OpenAPIDocument, Promise<Made>>()
  return (document) => {
    let pending = made.get(document)
    if (pending === undefined) {
      pending = make(document)
      made.set(document, pending)
      pending.catch(() => made.delete(document))
    }
    return pending
  }
}

function createDocumentFile(document: OpenAPIDocument): Promise<FileLike> {
  return toTagged(new File([JSON.stringify(document)], 'openapi.json'))
}

/** The tag is made of the bytes, so that all processes of an app have the same. */
async function toTagged(content: File): Promise<FileLike> {
  const etag = `"${await digestOf(new Uint8Array(await content.arrayBuffer()))}"`
  return { size: content.size, etag, slice: (start, end) => content.slice(start, end) }
}

/** A reference to one path from another, relative so that a proxy may put a prefix before them. */
function referTo(path: string, from: string): string {
  const folders = from.split('/').slice(1, -1)
  const segments = path.split('/').slice(1)
  while (folders.length > 0 && segments.length > 1 && folders[0] === segments[0]) {
    folders.shift()
    segments.shift()
  }
  return `${'../'.repeat(folders.length)}${segments.join('/')}` || '.'
}
