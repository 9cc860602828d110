/** Finds the files of Swagger UI and Scalar, which can replace the built-in docs page, and the paths at which they are served. */
import { DeclarationError } from '../schema/declaration-error.ts'

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

interface PackageFile {
  /** The part of the specifier after the last slash. */
  readonly name: string
  readonly read: () => Promise<Uint8Array<ArrayBuffer>>
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

interface BuiltinModules {
  'node:module': { createRequire(from: string): { resolve(specifier: string): string } }
  'node:fs/promises': { readFile(path: string): Promise<Uint8Array<ArrayBuffer>> }
}

type GetBuiltinModule = <Name extends keyof BuiltinModules>(name: Name) => BuiltinModules[Name] | undefined

/**
 * Resolves a specifier such as `swagger-ui-dist/swagger-ui.css` from Riposte's own file, then from the working directory. Returns `undefined` if the
 * package is not installed, or the runtime has no Node modules.
 */
function findPackageFile(specifier: string): PackageFile | undefined {
  const { process } = globalThis as { process?: { cwd(): string; getBuiltinModule?: GetBuiltinModule } }
  const modules = process?.getBuiltinModule?.('node:module')
  const files = process?.getBuiltinModule?.('node:fs/promises')
  if (process === undefined || modules === undefined || files === undefined) return undefined
  for (const from of [import.meta.url, `${process.cwd()}/package.json`]) {
    try {
      const path = modules.createRequire(from).resolve(specifier)
      return { name: specifier.slice(specifier.lastIndexOf('/') + 1), read: () => files.readFile(path) }
    } catch {
      // The package is not installed there, or `import.meta.url` is not the URL of a file, as in bundled code.
    }
  }
  return undefined
}
