/** Creates the routes that serve the OpenAPI document and the docs page. The document excludes them. The code of the page is loaded on first use. */
import { digestOf } from './http/entity-tag.ts'
import type { OpenAPIDocument } from './openapi/document.ts'
import type { DocsPage } from './openapi/docs/policy.ts'
import { findAssets, type Asset, type ViewerName } from './openapi/viewer.ts'
import { file } from './representation/file.ts'
import type { FileLike } from './representation/file-like.ts'
import { html } from './representation/text.ts'
import { get, type Route } from './routing/route.ts'

export interface DocumentPaths {
  /** The path of the OpenAPI document. `false`: it is not served. Default: `/openapi.json`. */
  readonly openapiPath?: string | false
  /** The path of the docs page. `false`, or `openapiPath: false`: it is not served. Default: `/docs`. */
  readonly docsPath?: string | false
  /**
   * Serves Swagger UI or Scalar at `docsPath` instead of the built-in page, from the package `swagger-ui-dist` or `@scalar/api-reference`. Install that
   * package: without it, creating the app throws a `DeclarationError`.
   */
  readonly docs?: ViewerName
}

export function documentRoutes(
  { openapiPath = '/openapi.json', docsPath = '/docs', docs: viewer }: DocumentPaths,
  document: () => Promise<OpenAPIDocument>,
): Readonly<Record<string, Route>> {
  if (openapiPath === false) return {}
  const toFile = perDocument(createDocumentFile)
  const openapi = get(
    openapiPath,
    { inDocument: false, responses: { 200: file({ mediaType: 'application/json' }) } },
    async ({ response }) => {
      // A client revalidates each time, and gets a 304 if the document has not changed.
      response.headers.set('cache-control', 'no-cache')
      return toFile(await document())
    },
  )
  if (docsPath === false) return { openapi }
  const assets = viewer === undefined ? [] : findAssets(viewer, docsPath)
  const toPage = perDocument(async (shown: OpenAPIDocument): Promise<DocsPage> => {
    const documentPath = referTo(openapiPath, docsPath)
    if (viewer === undefined) return (await import('./openapi/docs/page.ts')).createDocsPage(shown, documentPath, referTo('/', openapiPath))
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

/** The file is read for the first request. A failure to read it is not cached. */
function assetRoute({ path, name, mediaType, read }: Asset): Route {
  let pending: Promise<FileLike> | undefined
  return get(path, { inDocument: false, responses: { 200: file({ mediaType }) } }, ({ response }) => {
    response.headers.set('cache-control', 'no-cache')
    pending ??= read().then((bytes) => toTagged(new File([bytes], name)))
    pending.catch(() => (pending = undefined))
    return pending
  })
}

/** Caches the result for each document. A failure is not cached. */
function perDocument<Made>(make: (document: OpenAPIDocument) => Promise<Made>): (document: OpenAPIDocument) => Promise<Made> {
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

/** Adds an entity tag computed from the bytes, so that it is the same in all processes of an app. */
async function toTagged(content: File): Promise<FileLike> {
  const etag = `"${await digestOf(new Uint8Array(await content.arrayBuffer()))}"`
  return { size: content.size, etag, slice: (start, end) => content.slice(start, end) }
}

/** Returns a relative reference from one path to another, so that a proxy may add a prefix. */
function referTo(path: string, from: string): string {
  const folders = from.split('/').slice(1, -1)
  const segments = path.split('/').slice(1)
  while (folders.length > 0 && segments.length > 1 && folders[0] === segments[0]) {
    folders.shift()
    segments.shift()
  }
  return `${'../'.repeat(folders.length)}${segments.join('/')}` || '.'
}
