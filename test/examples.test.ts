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

/** Imports a block, and ends what it serves. */
const runnerOf = (name: string) => `
await import('./${name}.ts')
process.exit(0)
`

/** The first block of README.md serves: each URL that it prints is asked. */
const FIRST = 'README-1'
const firstRunner = `
const print = console.log
let printed = ''
console.log = (line) => (printed += line)
await import('./${FIRST}.ts')
for (const url of printed.split(' ')) print(new URL(url).pathname, (await fetch(url)).status)
process.exit(0)
`

describe('blocks of README.md and the guide', () => {
  let folder = ''
  let diagnostics = ''

  before(async () => {
    folder = await mkdtemp(join(ROOT, 'test/.examples-'))
    await writeFile(join(folder, 'tsconfig.json'), CONFIG)
    for (const { name, code } of blocks) {
      // Several may run at once: each takes a free port. An export makes a module of what imports nothing.
      await writeFile(join(folder, `${name}.ts`), `${code.replaceAll(/\bport: \d+/g, 'port: 0')}\nexport {}\n`)
    }
    diagnostics = await run(TSC, ['-p', folder, '--pretty', 'false'], { cwd: folder }).then(
      () => '',
      ({ stdout }: { stdout: string }) => stdout,
    )
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

    test(`${name} runs`, async () => {
      const file = join(folder, `${name}.run.mjs`)
      await writeFile(file, name === FIRST ? firstRunner : runnerOf(name))
      const { stdout, stderr } = await run(process.execPath, ['--import', 'tsx', file], {
        cwd: folder,
        env: { ...process.env, TSX_TSCONFIG_PATH: join(folder, 'tsconfig.json') },
      })
      assert.equal(stderr, '')
      if (name === FIRST) assert.equal(stdout, '/users/1 200\n/docs 200\n')
    })
  }
})
