/** Swagger UI and Scalar in place of the docs page: which files of their packages are served, and where. */
import { DeclarationError } from '../schema/declaration-error.ts'
import { findPackageFile, type PackageFile } from './package-file.ts'

export type ViewerName = 'scalar' | 'swagger'

interface Viewer {
  readonly packageName: string
  /** Files of the package that the page loads: the part after the last slash is their name below the page. */
  readonly files: readonly string[]
}

const VIEWERS: Readonly<Record<ViewerName, Viewer>> = {
  scalar: { packageName: '@scalar/api-reference', files: ['browser/standalone.js'] },
  swagger: {
    packageName: 'swagger-ui-dist',
    files: ['swagger-ui-bundle.js', 'swagger-ui.css', 'oauth2-redirect.html', 'oauth2-redirect.js'],
  },
}

export interface Asset extends PackageFile {
  /** The path that it is served at. */
  readonly path: string
  readonly mediaType: string
}

/** Where the files of a viewer are, and where they are served. Throws a `DeclarationError` if the package is not installed. */
export function findAssets(name: ViewerName, docsPath: string): readonly Asset[] {
  const viewer = VIEWERS[name] as Viewer | undefined
  if (viewer === undefined) {
    throw new DeclarationError(
      'DOCS',
      'createApp() docs',
      `expected 'scalar' or 'swagger', got another value`,
      'Leave it out for the built-in page',
    )
  }
  return viewer.files.map((file) => {
    const found = findPackageFile(`${viewer.packageName}/${file}`)
    if (found === undefined) {
      throw new DeclarationError(
        'DOCS',
        'createApp() docs',
        `expected the package ${viewer.packageName} for '${name}', found none`,
        `Install it: npm install ${viewer.packageName}`,
      )
    }
    return {
      ...found,
      path: `${docsPath.replace(/\/$/, '')}/${found.name}`,
      mediaType: TYPES[found.name.slice(found.name.lastIndexOf('.') + 1)]!,
    }
  })
}

const TYPES: Readonly<Record<string, string>> = { js: 'text/javascript', css: 'text/css', html: 'text/html' }
