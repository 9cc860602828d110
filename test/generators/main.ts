/**
 * `npm run test:generators`: generators and linters read the documents of the examples and of the bookshop. What they generate must compile. Prints
 * a line for each, and says what is skipped because it is not installed.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createDocument } from '../../src/openapi/document.ts'
import { Example } from '../examples/example.ts'
import { findRecommended, OF_THE_AUTHOR } from '../examples/recommended.ts'
import { routes, settings } from '../openapi/bookshop.ts'

const run = promisify(execFile)
const PROGRAMS = join(import.meta.dirname, 'node_modules/.bin')

/** What only the author of an API can say. */
const OF_THE_AUTHOR_IN_SPECTRAL = ['info-contact', 'info-description', 'operation-description', 'operation-tags', 'oas3-api-servers']

/** orval writes the key of a range, such as `4XX`, as a number. */
const OF_ORVAL = /orval\.ts\(\d+,\d+\): error TS1351: /

const KUBB = (name: string) => `
import { defineConfig } from '@kubb/core'
import { pluginClient } from '@kubb/plugin-client'
import { pluginOas } from '@kubb/plugin-oas'
import { pluginTs } from '@kubb/plugin-ts'

export default defineConfig({
  root: '.',
  input: { path: '../${name}.json' },
  output: { path: './kubb', clean: true },
  plugins: [pluginOas({ validate: true, generators: [] }), pluginTs(), pluginClient({ client: 'fetch' })],
})
`

const TSCONFIG = {
  compilerOptions: {
    target: 'es2022',
    lib: ['es2023', 'dom', 'dom.iterable'],
    module: 'esnext',
    moduleResolution: 'bundler',
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    types: [],
  },
  include: ['**/*.ts'],
}

/** Generates into a folder, or looks at the document. Resolves to what is wrong. */
type Tool = (document: { readonly name: string; readonly file: string; readonly folder: string }) => Promise<readonly string[]>

const generate =
  (program: string, argumentsOf: (document: Parameters<Tool>[0]) => readonly string[]): Tool =>
  async (document) => {
    await start(program, argumentsOf(document), document.folder)
    return []
  }

const tools: Readonly<Record<string, Tool>> = {
  'openapi-typescript': generate('openapi-typescript', ({ file }) => [file, '--output', 'openapi-typescript.ts']),
  'openapi-ts': generate('openapi-ts', ({ file }) => ['--input', file, '--output', 'hey-api', '--client', '@hey-api/client-fetch']),
  orval: generate('orval', ({ file }) => ['--input', file, '--output', 'orval.ts', '--client', 'fetch']),
  kubb: async ({ name, folder }) => {
    await writeFile(join(folder, 'kubb.config.mjs'), KUBB(name))
    await start('kubb', ['generate', '--config', 'kubb.config.mjs'], folder)
    return []
  },
  async spectral({ name, file, folder }) {
    const ofTheAuthor = [...OF_THE_AUTHOR_IN_SPECTRAL, ...(name === 'fastapi-template' ? ['path-keys-no-trailing-slash'] : [])]
    const rules = Object.fromEntries(ofTheAuthor.map((rule) => [rule, 'off']))
    await writeFile(join(folder, 'spectral.json'), JSON.stringify({ extends: ['spectral:oas'], rules }))
    const printed = await start('spectral', ['lint', '--ruleset', 'spectral.json', '--quiet', '--format', 'text', file], folder)
    return printed.split('\n').filter((line) => line !== '' && !line.startsWith('No results'))
  },
}

/** Resolves to what it prints, also where its exit code says that it has found something. */
async function start(program: string, args: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await run(join(PROGRAMS, program), args, { cwd, timeout: 120_000, maxBuffer: 100_000_000 }).catch((error: unknown) => {
    const { stdout: printed, stderr } = error as { readonly stdout?: string; readonly stderr?: string }
    if (program === 'spectral' || program === 'tsc') return { stdout: printed ?? '' }
    throw new Error(`${program}: ${stderr ?? ''}${printed ?? ''}`, { cause: error })
  })
  return stdout
}

/** The examples, and where each serves its document. */
const EXAMPLES: Readonly<Record<string, string>> = {
  users: '/openapi.json',
  conduit: '/openapi.json',
  'llm-gateway': '/openapi.json',
  'fastapi-template': '/api/v1/openapi.json',
}

async function* documents(data: string): AsyncGenerator<readonly [name: string, document: string]> {
  yield ['bookshop', JSON.stringify(createDocument(routes, settings))]
  for (const [name, path] of Object.entries(EXAMPLES)) {
    const example = new Example(name)
    if (example.skip !== false) {
      console.log(`skipped: ${name}: ${example.skip}`)
      continue
    }
    await using running = await example.start({ DATA_DIR: join(data, `${name}-data`) })
    yield [name, await readDocument(`${running.url}${path}`)]
  }
}

async function readDocument(url: string): Promise<string> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url}: expected the document, got a ${response.status}`)
  return response.text()
}

const messageOf = (error: unknown): readonly string[] => [(error as Error).message]

async function main(folder: string): Promise<readonly string[]> {
  const found: string[] = []
  const report = (what: string, problems: readonly string[]) => {
    console.log(`${problems.length === 0 ? 'ok' : 'WRONG'}: ${what}`)
    found.push(...problems.map((problem) => `${what}: ${problem}`))
  }
  const installed = Object.entries(tools).filter(([program]) => existsSync(join(PROGRAMS, program)))
  for (const program of Object.keys(tools)) {
    if (!installed.some(([name]) => name === program)) console.log(`skipped: ${program}: it is not installed in test/generators`)
  }
  for await (const [name, source] of documents(folder)) {
    report(`redocly, ${name}`, await findRecommended(source, OF_THE_AUTHOR[name]))
    const file = join(folder, `${name}.json`)
    await mkdir(join(folder, name), { recursive: true })
    await writeFile(file, source)
    for (const [program, tool] of installed) {
      report(`${program}, ${name}`, await tool({ name, file, folder: join(folder, name) }).catch(messageOf))
    }
  }
  if (installed.length === 0) return found
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG))
  const diagnostics = (await start('tsc', ['-p', folder, '--pretty', 'false'], folder)).split('\n').filter((line) => line !== '')
  report(
    'the generated code compiles',
    diagnostics.filter((line) => !OF_ORVAL.test(line)),
  )
  const known = diagnostics.filter((line) => OF_ORVAL.test(line)).length
  if (known > 0) console.log(`known: orval writes a range of statuses as a number: ${known}`)
  return found
}

const folder = await mkdtemp(join(import.meta.dirname, '.generated-'))
try {
  const found = await main(folder)
  for (const problem of found) console.error(problem)
  process.exitCode = found.length === 0 ? 0 : 1
} finally {
  await rm(folder, { recursive: true })
}
