/** The rules that hold the house together, as functions over a map of file names to sources: path below `src/` → text. */
import { dirname, join, normalize } from 'node:path/posix'

export type Sources = ReadonlyMap<string, string>

/** Rooms by floor: the rooms of one line may use themselves and the rooms of the lines above. Top-level files are rooms of their own. */
const FLOORS: readonly (readonly string[])[] = [
  ['log.ts', 'maybe-promise.ts'],
  ['http', 'schema'],
  ['errors', 'reply'],
  ['representation'],
  ['contract', 'pagination'],
  ['routing'],
  ['request', 'openapi'],
  ['background.ts', 'dependency.ts', 'fetch.ts'],
  ['context.ts'],
  ['exchange.ts'],
  ['aftermath.ts', 'compile-route.ts', 'error-handlers.ts'],
  ['middleware.ts'],
  ['dispatch.ts', 'document-routes.ts'],
  ['app.ts'],
  ['channel'],
  ['node', 'client', 'jobs', 'check', 'csv', 'drizzle', 'kysely', 'middleware', 'postgres', 'prisma', 'redis', 'security', 'sql'],
  ['bullmq', 'pg-boss'],
  ['cli', 'index.ts'],
]

/** Rooms of one floor that may use each other: each pair has its reason. */
const NEIGHBOURS: ReadonlyMap<string, string> = new Map([
  ['openapi → request', 'the document says of a body what its reader takes'],
  ['redis → middleware', 'a store for the answers that a middleware keeps'],
  ['postgres → middleware', 'a store for the answers that a middleware keeps'],
  ['pagination → contract', 'a pagination is a dependency, and an error is a part of its contract'],
])

const MAY_USE_NODE = ['node', 'jobs', 'channel', 'check', 'postgres', 'redis', 'cli', 'pg-boss']
const NAMELESS = /^(?:utils?|helpers?|common|misc|types)(?:\.ts)?$/
const MOST_LINES = 300
const MOST_LINES_MEDIAN = 130

const IMPORT = /^(?:import|export)\b[^'"`;]*?\bfrom '([^']+)'|^import '([^']+)'|^(?!\s*[*/]).*?\bimport\('([^']+)'\)/gm

function importsOf(source: string): string[] {
  return [...source.matchAll(IMPORT)].map((match) => (match[1] ?? match[2] ?? match[3])!)
}

function isRelative(specifier: string): boolean {
  return specifier.startsWith('.')
}

function resolve(file: string, specifier: string): string {
  return normalize(join(dirname(file), specifier))
}

function roomOf(file: string): string {
  return file.split('/')[0]!
}

function floorOf(file: string): number {
  return FLOORS.findIndex((rooms) => rooms.includes(roomOf(file)))
}

function linesOf(source: string): number {
  return source.trimEnd().split('\n').length
}

export function missingFloors(sources: Sources): string[] {
  return [...new Set([...sources.keys()].filter((file) => floorOf(file) === -1).map(roomOf))].map((room) => `${room} has no floor`)
}

/** Imports point down, or stay in their room. */
export function upwardImports(sources: Sources): string[] {
  return [...sources].flatMap(([file, source]) =>
    importsOf(source)
      .filter(isRelative)
      .map((specifier) => resolve(file, specifier))
      .filter((target) => roomOf(target) !== roomOf(file) && floorOf(target) >= floorOf(file))
      .filter((target) => !NEIGHBOURS.has(`${roomOf(file)} → ${roomOf(target)}`))
      .map((target) => `${file} imports ${target}`),
  )
}

/** Type imports count: a cycle of types is a cycle for the reader. */
export function cycles(sources: Sources): string[] {
  const done = new Set<string>()
  const found: string[] = []
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file)
    if (at !== -1) found.push([...path.slice(at), file].join(' → '))
    if (at !== -1 || done.has(file)) return
    const targets = importsOf(sources.get(file) ?? '').filter(isRelative)
    for (const specifier of targets) visit(resolve(file, specifier), [...path, file])
    done.add(file)
  }
  for (const file of sources.keys()) visit(file, [])
  return found
}

export function longFiles(sources: Sources): string[] {
  const lengths = [...sources].map(([file, source]) => ({ file, lines: linesOf(source) }))
  const median = lengths.map(({ lines }) => lines).toSorted((a, b) => a - b)[Math.floor(lengths.length / 2)] ?? 0
  return [
    ...lengths.filter(({ lines }) => lines > MOST_LINES).map(({ file, lines }) => `${file} has ${lines} lines`),
    ...(median > MOST_LINES_MEDIAN ? [`the median file has ${median} lines`] : []),
  ]
}

export function nodeImports(sources: Sources): string[] {
  return [...sources]
    .filter(([file]) => !MAY_USE_NODE.includes(roomOf(file)))
    .flatMap(([file, source]) =>
      importsOf(source)
        .filter((name) => name.startsWith('node:'))
        .map((name) => `${file} imports ${name}`),
    )
}

/** A name that says nothing gathers what belongs elsewhere. */
export function namelessFiles(sources: Sources): string[] {
  return [...sources.keys()].filter((file) => file.split('/').some((part) => NAMELESS.test(part)))
}

export function starExports(sources: Sources): string[] {
  return [...sources].filter(([, source]) => /^export (?:type )?\*/m.test(source)).map(([file]) => file)
}

export function filesWithoutSentence(sources: Sources): string[] {
  return [...sources]
    .filter(([, source]) => !/^(?:#!.*\n)?\/\*\* ?[A-Z`].*[.:] ?(?:.*\*\/)?$/m.test(firstLine(source)))
    .map(([file]) => file)
}

function firstLine(source: string): string {
  return source.slice(0, source.indexOf('\n', source.startsWith('#!') ? source.indexOf('\n') + 1 : 0))
}
