/** Every block of TypeScript in README.md and the guide: it compiles against the sources, and it runs. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '..')
const TSC = join(ROOT, 'node_modules/.bin/tsc')

interface Block {
  /** `docs-streams-2`: the second block of docs/streams.md. */
  readonly name: string
  readonly code: string
}

const pages = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((file) => `docs/${file}`)].filter((file) => file.endsWith('.md'))
const blocks: readonly Block[] = pages.flatMap((page) => {
  const fences = [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)]
  return fences.map(([, code], index) => ({ name: `${page.replace('.md', '').replaceAll('/', '-')}-${index + 1}`, code: code! }))
})

const CONFIG = JSON.stringify({
  extends: '../../tsconfig.json',
  compilerOptions: {
    // A reader's project is not as strict about what an excerpt leaves unused.
    noUnusedLocals: false,
    noUnusedParameters: false,
    paths: { riposte: ['../../src/index.ts'], 'riposte/*': ['../../src/*/index.ts'] },
  },
  include: ['*.ts'],
  exclude: [],
})

/** Imports every block in one process, which ends what they serve. The first of README.md serves: each URL that it prints is asked. */
const RUNNER = `
const print = console.log
const outcomes = {}
for (const name of process.argv.slice(2)) {
  const printed = []
  console.log = (...words) => printed.push(...words)
  outcomes[name] = await import('./' + name + '.ts').then(() => 'runs', (error) => String(error?.stack ?? error))
  if (name === 'README-1') {
    for (const url of printed.join(' ').split(' ')) outcomes[name] += ' ' + new URL(url).pathname + ' ' + (await fetch(url)).status
  }
}
print(JSON.stringify(outcomes))
process.exit(0)
`

describe('blocks of README.md and the guide', () => {
  let folder = ''
  let diagnostics = ''
  let outcomes: Readonly<Record<string, string>> = {}

  before(async () => {
    folder = await mkdtemp(join(ROOT, 'test/.examples-'))
    await writeFile(join(folder, 'tsconfig.json'), CONFIG)
    for (const { name, code } of blocks) {
      // Several may run at once: each takes a free port. An export makes a module of what imports nothing.
      await writeFile(join(folder, `${name}.ts`), `${code.replaceAll(/\bport: \d+/g, 'port: 0')}\nexport {}\n`)
    }
    await writeFile(join(folder, 'run.mjs'), RUNNER)
    diagnostics = await run(TSC, ['-p', folder, '--pretty', 'false'], { cwd: folder }).then(
      () => '',
      ({ stdout }: { stdout: string }) => stdout,
    )
    const { stdout } = await run(process.execPath, ['--import', 'tsx', 'run.mjs', ...blocks.map(({ name }) => name)], {
      cwd: folder,
      env: { ...process.env, TSX_TSCONFIG_PATH: join(folder, 'tsconfig.json') },
    })
    outcomes = JSON.parse(stdout) as Record<string, string>
  })

  after(() => rm(folder, { recursive: true }))

  test('there are some', () => assert.ok(blocks.length > 10))

  test('none is hidden from this test by its mark', () => {
    for (const page of pages) {
      const marks = [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^```(\w+)$/gm)].map((match) => match[1])
      for (const mark of marks) assert.ok(['ts', 'sh', 'text', 'json', 'html'].includes(mark!), `${page}: ${mark}`)
    }
  })

  for (const { name } of blocks) {
    test(`${name} compiles`, () => {
      const own = diagnostics.split('\n').filter((line) => line.startsWith(`${name}.ts(`))
      assert.deepEqual(own, [])
    })

    test(`${name} runs`, () => assert.equal(outcomes[name], name === 'README-1' ? 'runs /users/1 200 /docs 200' : 'runs'))
  }
})
