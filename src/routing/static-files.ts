/** A folder of files as routes: a site, or what a bundler has made. */
import { z } from 'zod'
import { RequestError } from '../errors/framework-errors.ts'
import { file } from '../representation/file.ts'
import type { FileRoot } from '../representation/file-like.ts'
import { redirect } from '../representation/redirect.ts'
import { get, type Route } from './route.ts'

export interface StaticOptions {
  /** What stands for a folder. Default: `index.html`. */
  readonly index?: string
  /** Sent to browsers that navigate in the place of what is not there, as single-page applications need it. Default: none. */
  readonly fallback?: string
  /** Paths from the root whose content never changes, such as names with a hash: clients keep them for a year. Of the others they ask each time. */
  readonly immutable?: RegExp
  /** Sends `a.js.br` or `a.js.gz` in the place of `a.js` where there is one and the client takes it. Default: false. */
  readonly precompressed?: boolean
}

/** Two routes: what is below the prefix, and the prefix itself with a slash. */
export type StaticRoutes = Readonly<Record<'files' | 'folder', Route>>

const ONE_YEAR = 'public, max-age=31536000, immutable'

/** `app.add(staticFiles('/assets', directory('dist')))`. Other routes win over these, and the document does not list them. */
export function staticFiles(prefix: string, root: FileRoot, options: StaticOptions = {}): StaticRoutes {
  const { index = 'index.html', fallback, immutable, precompressed = false } = options
  const contract = {
    headers: { accept: z.string().default('') },
    responses: { 200: file({ root, precompressed }), 307: redirect() },
    inDocument: false,
  } as const

  const files = get(`${prefix}/{+rest}`, contract, async ({ params, headers, path, request, response, reply }) => {
    const rest = 'rest' in params ? params.rest : ''
    const isFolder = path.endsWith('/')
    const asked = isFolder ? joinNames(rest, index) : rest
    const found = await root.open(asked)
    if (found !== undefined) {
      response.headers.set('cache-control', immutable !== undefined && asked.search(immutable) !== -1 ? ONE_YEAR : 'no-cache')
      return { path: asked, file: found }
    }
    if (!isFolder && (await root.open(joinNames(rest, index))) !== undefined) {
      // Relative: whatever stands before the path, such as a proxy's prefix, stays.
      return reply(307, `./${path.slice(path.lastIndexOf('/') + 1)}/${new URL(request.url).search}`)
    }
    const shell = fallback === undefined || !headers.accept.includes('text/html') ? undefined : await root.open(fallback)
    if (shell === undefined) throw new RequestError(404)
    response.headers.set('cache-control', 'no-cache')
    response.headers.append('vary', 'Accept')
    return { path: fallback!, file: shell }
  })
  return { files, folder: { ...files, path: `${prefix}/` } }
}

function joinNames(folder: string, name: string): string {
  return folder === '' ? name : `${folder.replace(/\/$/, '')}/${name}`
}
