/** Tests ask as users do: a test imports what the package exports, and the files of the room whose folder it stands in. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path/posix'
import { describe, test } from 'node:test'

const ROOT = join(import.meta.dirname, '..')

/** Rooms whose tests look into another room, each with its reason. */
const NEIGHBOURS: ReadonlyMap<string, string> = new Map([
  ['check → cli', 'the page on the check is held to the flags of the command'],
  ['generators → openapi', 'the document of the bookshop is made without an app'],
  ['node → reply', 'what the signal of a request says when the server stops'],
  ['openapi → contract', 'the document is made from declarations, without an app'],
  ['openapi → errors', 'the same'],
  ['openapi → routing', 'the same'],
  ['openapi → schema', 'schemas of a document come from nodes'],
  ['pagination → schema', 'the name of the model of a page'],
  ['reply → http', 'a Reply is tested with a list of headers of its own'],
  ['representation → reply', 'what a representation writes is read without a server'],
  ['representation → schema', 'the constraint that every schema fits'],
  ['routing → http', 'the escape of a Location is compared with that of a path'],
  ['test → http', 'every expression that this room makes is counted'],
  ['support → http', 'a reply whose headers no app would let through'],
  ['support → fetch.ts', 'asks an app in memory that has no fetch()'],
])

const sources = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.includes('node_modules') && !/(?:^|\/)\./.test(file))
  .map((file) => file.replaceAll('\\', '/'))

const IMPORT = /(?:\bfrom |\bimport\(?)'(\.[^']+)'/g

/** Files below `src/` that a test imports and the package does not export. */
function internalsOf(file: string): string[] {
  const targets = [...readFileSync(join(ROOT, 'test', file), 'utf8').matchAll(IMPORT)].map(([, path]) =>
    normalize(join('test', dirname(file), path!)),
  )
  return targets
    .filter((target) => target.startsWith('src/') && !/^src\/(?:[^/]+\/)?index\.ts$/.test(target))
    .map((target) => target.slice('src/'.length))
}

const first = (path: string) => path.split('/')[0]!

/** `node` for `test/node/serve.test.ts`. A file of `test/` itself stands for the files of `src/` itself. */
const isOwn = (file: string, target: string) => (file.includes('/') ? first(file) === first(target) : !target.includes('/'))

describe('tests import', () => {
  const used = new Set<string>()

  test('what the package exports, and the room that they stand for', () => {
    const strangers: string[] = []
    for (const file of sources) {
      for (const target of internalsOf(file)) {
        if (isOwn(file, target)) continue
        const pair = `${file.includes('/') ? first(file) : 'test'} → ${first(target)}`
        used.add(pair)
        if (!NEIGHBOURS.has(pair)) strangers.push(`test/${file} imports src/${target}`)
      }
    }
    assert.deepEqual(strangers, [])
  })

  test('nothing by a permission that no test needs any more', () => {
    assert.deepEqual(
      [...NEIGHBOURS.keys()].filter((pair) => !used.has(pair)),
      [],
    )
  })

  test('files that exist', () => {
    for (const file of sources)
      for (const target of internalsOf(file)) assert.ok(existsSync(join(ROOT, 'src', target)), `${file}: ${target}`)
  })
})

describe('tests share', () => {
  const tests = sources.filter((file) => file.endsWith('.test.ts') && file !== 'front-door.test.ts')

  const having = (pattern: RegExp) => tests.filter((file) => pattern.test(readFileSync(join(ROOT, 'test', file), 'utf8')))

  test('one logger that keeps nothing, of test/support/recording-logger.ts', () => {
    assert.deepEqual(having(/\b(?:silent|logger) = \{ (?:error|warn|info)/), [])
  })

  test('one deferred, of test/support/deferred.ts', () => {
    assert.deepEqual(having(/function (?:deferred|createDeferred|gate)\b/), [])
  })

  test('one createTestApp, of test/support/test-app.ts', () => {
    assert.deepEqual(having(/(?:function|const) createTestApp\b/), [])
  })

  test('no bare blocks: describe() names what belongs together', () => {
    assert.deepEqual(having(/^\{$/m), [])
  })
})
