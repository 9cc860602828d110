/** Serves a folder of files as routes: a site, or the output of a bundler. */
import { z } from 'zod'
import { requestError } from '../errors/framework-errors.ts'
import { toSlashReference } from '../http/request-url.ts'
import { file } from '../representation/file.ts'
import type { FileRoot } from '../representation/file-like.ts'
import { redirect } from '../representation/redirect.ts'
import { get, type Route } from './route.ts'

/** Options of `app.static()` and `staticFiles()`. */
export interface StaticOptions {
  /** The file that is sent for a folder. Default: `index.html`. */
  readonly index?: string
  /** The file to send when a browser navigates to a path that has no file, as single-page applications need. Default: none: the response is a 404. */
  readonly fallback?: string
  /** Matches paths, relative to the root, of files whose content never changes, such as names with a hash. Clients cache these for a year and revalidate all others on each use. */
  readonly immutable?: RegExp
  /** Sends `a.js.br` or `a.js.gz` instead of `a.js` if that file exists and the client accepts its coding. Default: false. */
  readonly precompressed?: boolean
}

/** Two routes: the paths below the prefix, and the prefix itself with a slash. */
export type StaticRoutes = Readonly<Record<'files' | 'folder', Route>>

const ONE_YEAR = 'public, max-age=31536000, immutable'

/**
 * Serves the files of a folder.
 * `app.add(staticFiles('/assets', directory('dist')))`. The prefix `/` serves a whole site. Other routes win over these. The OpenAPI document does not list them.
 * The path of a folder without its trailing slash is redirected to the path with one.
 */
export function staticFiles(prefix: string, root: FileRoot, options: StaticOptions = {}): StaticRoutes {
  const { index = 'index.html', fallback, immutable, precompressed = false } = options
  const base = prefix === '/' ? '' : prefix
  const contract = {
    headers: { accept: z.string().default('') },
    responses: { 200: file({ root, precompressed }), 307: redirect() },
    inDocument: false,
  } as const

  const files = get(`${base}/{+rest}`, contract, async ({ params, headers, path, search, response, reply }) => {
    const rest = 'rest' in params ? params.rest : ''
    const isFolder = path.endsWith('/')
    const asked = isFolder ? joinNames(rest, index) : rest
    const found = await root.open(asked)
    if (found !== undefined) {
      response.headers.set('cache-control', immutable !== undefined && asked.search(immutable) !== -1 ? ONE_YEAR : 'no-cache')
      return { path: asked, file: found }
    }
    if (!isFolder && (await root.open(joinNames(rest, index))) !== undefined) return reply(307, toSlashReference(path, search))
    const shell = fallback === undefined || !headers.accept.toLowerCase().includes('text/html') ? undefined : await root.open(fallback)
    if (shell === undefined) throw requestError(404)
    response.headers.set('cache-control', 'no-cache')
    response.headers.vary('Accept')
    return { path: fallback!, file: shell }
  })
  return { files, folder: { ...files, path: `${base}/` } }
}

function joinNames(folder: string, name: string): string {
  return folder === '' ? name : `${folder.replace(/\/$/, '')}/${name}`
}
