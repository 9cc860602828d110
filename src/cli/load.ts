/** The module that the command line names → the app that it exports. */
import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { App } from '../app.ts'

/** What the command needs of an app: the one it finds was made by the project's own copy of this package. */
export type LoadedApp = Pick<App, 'contracts' | 'document'>

/** `CODE: where: expected X, got Y. Fix.` */
export class AppModuleError extends Error {}

/** `target` is `app.ts` or `app.ts#name`. Throws an `AppModuleError`, or what the module throws. */
export async function loadApp(target: string): Promise<LoadedApp> {
  const [path = '', name] = target.split('#')
  const file = resolve(path)
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true)
    throw new AppModuleError(`APP_MODULE: ${path}: expected a module, got a path without a file. Name the file that exports the app.`)
  if (/\.[cm]?tsx?$/.test(path)) await takeTypeScript(file, path)
  const module = (await import(pathToFileURL(file).href)) as Exports
  const names = name === undefined ? ['app', 'default'] : [name]
  // The exports of a CommonJS module may stand below its default.
  const candidates = [module, module['default']].flatMap((exports) => names.map((each) => (exports as Exports | undefined)?.[each]))
  const wanted = names.map((each) => `"${each}"`).join(' or ')
  const app = candidates.find(isApp)
  if (app !== undefined) return app
  const create = candidates.find((candidate) => typeof candidate === 'function')
  if (create !== undefined) return callFactory(create as () => unknown, `${path}: expected an app as ${wanted}`)
  throw new AppModuleError(
    `APP_EXPORT: ${path}: expected an app as ${wanted}, got ${listNames(module)}. Export what createApp() returns, or a function that returns it, not the server.`,
  )
}

/** The function gets no arguments. */
async function callFactory(create: () => unknown, expectation: string): Promise<LoadedApp> {
  const made = await create()
  if (isApp(made)) return made
  const type = made === null ? 'null' : typeof made
  throw new AppModuleError(`APP_EXPORT: ${expectation}, got a function that returned ${type}. Return what createApp() returns.`)
}

type Exports = Readonly<Record<string, unknown>>

/** By tsx where the project has it: it takes more than Node itself does. To import it is to register it. */
async function takeTypeScript(file: string, path: string): Promise<void> {
  const tsx = findTSX(file)
  if (tsx !== undefined) await import(pathToFileURL(tsx).href)
  else if (!('typescript' in process.features) || process.features.typescript === false)
    throw new AppModuleError(
      `APP_TYPESCRIPT: ${path}: expected JavaScript, got TypeScript, which Node ${process.versions.node} cannot load. Install tsx in the project, or name the built file.`,
    )
}

function findTSX(file: string): string | undefined {
  try {
    return createRequire(file).resolve('tsx')
  } catch {
    return undefined
  }
}

function isApp(value: unknown): value is LoadedApp {
  const { contracts, document } = (value ?? {}) as Partial<LoadedApp>
  return typeof contracts === 'function' && typeof document === 'function'
}

function listNames(module: Exports): string {
  const names = Object.keys(module)
  return names.length === 0 ? 'nothing' : names.join(', ')
}
