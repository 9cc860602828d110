/** Finds a file of a package that the app has installed, on runtimes that have Node's modules. */

export interface PackageFile {
  /** The part of the specifier after the last slash. */
  readonly name: string
  readonly read: () => Promise<Uint8Array<ArrayBuffer>>
}

interface BuiltinModules {
  'node:module': { createRequire(from: string): { resolve(specifier: string): string } }
  'node:fs/promises': { readFile(path: string): Promise<Uint8Array<ArrayBuffer>> }
}

type GetBuiltinModule = <Name extends keyof BuiltinModules>(name: Name) => BuiltinModules[Name] | undefined

/** Resolves a specifier such as `swagger-ui-dist/swagger-ui.css` from Riposte's own file, then from the working directory. */
export function findPackageFile(specifier: string): PackageFile | undefined {
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
