/** Loads the module that the command line names, and returns the app or the jobs that it exports. */
import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { App } from '../app.ts'
import type { Jobs } from '../jobs/jobs.ts'

/** The methods of an app that the command uses. The app may be of another copy of this package, in the project. */
export type LoadedApp = Pick<App, 'contracts' | 'document'>

/** The members of jobs that the command uses. They may be of another copy of this package too. */
export type LoadedJobs = Pick<Jobs, 'queues' | 'start' | 'stop' | 'counts' | 'list' | 'redrive' | 'prune'>

/** `CODE: where: expected X, got Y. Fix.` */
export class AppModuleError extends Error {}

/** A kind of value that a module exports. */
interface Wanted<Value> {
  /** The names of the export, if the command line has none. */
  readonly names: readonly string[]
  readonly noun: string
  readonly creator: string
  readonly isValue: (value: unknown) => value is Value
  readonly toError: (message: string) => AppModuleError
}

const APP: Wanted<LoadedApp> = {
  names: ['app', 'default'],
  noun: 'an app',
  creator: 'createApp()',
  isValue: (value): value is LoadedApp => hasMethods(value, ['contracts', 'document']),
  toError: (message) => new AppModuleError(`APP_EXPORT: ${message}`),
}

const JOBS: Wanted<LoadedJobs> = {
  names: ['jobs', 'default'],
  noun: 'jobs',
  creator: 'createJobs()',
  isValue: (value): value is LoadedJobs => hasMethods(value, ['start', 'stop', 'counts', 'redrive']),
  toError: (message) => new AppModuleError(`JOBS_EXPORT: ${message}`),
}

/** `target` is `app.ts` or `app.ts#name`. Throws an `AppModuleError`, or the error that the module throws. */
export function loadApp(target: string): Promise<LoadedApp> {
  return load(target, APP)
}

/** As `loadApp()`, for what `createJobs()` returns. */
export function loadJobs(target: string): Promise<LoadedJobs> {
  return load(target, JOBS)
}

async function load<Value>(target: string, { names: usual, noun, creator, isValue, toError }: Wanted<Value>): Promise<Value> {
  const [path = '', name] = target.split('#')
  const file = resolve(path)
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true)
    throw new AppModuleError(`APP_MODULE: ${path}: expected a module, got a path without a file. Name the file that exports ${noun}.`)
  if (/\.[cm]?tsx?$/.test(path)) await takeTypeScript(file, path)
  const module = (await import(pathToFileURL(file).href)) as Exports
  const names = name === undefined ? usual : [name]
  // The exports of a CommonJS module may be properties of its default export.
  const candidates = [module, module['default']].flatMap((exports) => names.map((each) => (exports as Exports | undefined)?.[each]))
  const expected = `${path}: expected ${noun} as ${names.map((each) => `"${each}"`).join(' or ')}`
  const found = candidates.find(isValue)
  if (found !== undefined) return found
  const create = candidates.find((candidate) => typeof candidate === 'function') as (() => unknown) | undefined
  if (create === undefined)
    throw toError(`${expected}, got ${listNames(module)}. Export what ${creator} returns, or a function that returns it, not the server.`)
  const made = await create()
  if (isValue(made)) return made
  const type = made === null ? 'null' : typeof made
  throw toError(`${expected}, got a function that returned ${type}. Return what ${creator} returns.`)
}

type Exports = Readonly<Record<string, unknown>>

/** Uses tsx if the project has it, because it supports more TypeScript than Node does. Importing tsx registers its loader. */
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

function hasMethods(value: unknown, methods: readonly string[]): boolean {
  return methods.every((method) => typeof (value as Exports | null | undefined)?.[method] === 'function') // any value may be asked for a member
}

function listNames(module: Exports): string {
  const names = Object.keys(module)
  return names.length === 0 ? 'nothing' : names.join(', ')
}
