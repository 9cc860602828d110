/** Finds the files of Swagger UI and Scalar, which can replace the built-in docs page, and the paths at which they are served. */
import { DeclarationError } from '../schema/declaration-error.ts'
import { findPackageFile, type PackageFile } from './package-file.ts'

export type ViewerName = 'scalar' | 'swagger'

interface Viewer {
  readonly packageName: string
  /** The files of the package that the page loads. Each is served below the page, by the part of its name after the last slash. */
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
  /** The path at which it is served. */
  readonly path: string
  readonly mediaType: string
}

/** Throws a `DeclarationError` if the package is not installed. */
export function findAssets(name: ViewerName, docsPath: string): readonly Asset[] {
  const viewer = VIEWERS[name] as Viewer | undefined
  if (viewer === undefined) {
    throw new DeclarationError(
      'DOCS',
      'createApp() docs',
      `expected 'scalar' or 'swagger', got another value`,
      'Omit the option to serve the built-in page',
    )
  }
  return viewer.files.map((file) => {
    const found = findPackageFile(`${viewer.packageName}/${file}`)
    if (found === undefined) {
      throw new DeclarationError(
        'DOCS',
        'createApp() docs',
        `'${name}' needs the package ${viewer.packageName}, which is not installed`,
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
