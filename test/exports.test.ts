/** The names that each subpath exports, values and types: a change of the public surface is seen in review. UPDATE_SNAPSHOTS=1 writes them again. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'

const ROOT = join(import.meta.dirname, '..')
const SNAPSHOT = join(import.meta.dirname, 'exports.json')

interface Surface {
  readonly values: readonly string[]
  readonly types: readonly string[]
}

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>
}

const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest
const subpaths = Object.keys(exports).filter((subpath) => subpath !== './package.json')

/** `./node` → `src/node/index.ts`. */
function sourceOf(subpath: string): string {
  return join(ROOT, 'src', subpath, 'index.ts')
}

/** Type names leave no trace at run time: they are read off the list. */
function typesOf(source: string): string[] {
  const listed = [...source.matchAll(/^export type \{([^}]*)\}/gm)].flatMap((match) => match[1]!.split(','))
  const inline = [...source.matchAll(/^export \{([^}]*)\}/gm)]
    .flatMap((match) => match[1]!.split(','))
    .filter((name) => /^\s*type /.test(name))
  const declared = [...source.matchAll(/^export (?:interface|type) (\w+)/gm)].map((match) => match[1]!)
  const names = [...listed, ...inline].map((name) => name.trim().replace(/^type /, '')).filter((name) => name !== '')
  return [...names, ...declared].toSorted()
}

async function surfaceOf(subpath: string): Promise<Surface> {
  // A bundler finds what a template may name.
  const module = (await (subpath === '.' ? import('../src/index.ts') : import(`../src/${subpath.slice(2)}/index.ts`))) as object
  return { values: Object.keys(module).toSorted(), types: typesOf(readFileSync(sourceOf(subpath), 'utf8')) }
}

describe('what the package exports', () => {
  const kept = existsSync(SNAPSHOT) ? (JSON.parse(readFileSync(SNAPSHOT, 'utf8')) as Record<string, Surface>) : {}
  const found: Record<string, Surface> = {}

  for (const subpath of subpaths) {
    test(subpath, async () => {
      found[subpath] = await surfaceOf(subpath)
      if (process.env['UPDATE_SNAPSHOTS'] === '1') writeFileSync(SNAPSHOT, `${JSON.stringify({ ...kept, ...found }, undefined, 2)}\n`)
      else assert.deepEqual(found[subpath], kept[subpath])
    })
  }

  test('an export path is a file path', () => {
    for (const subpath of subpaths) {
      const folder = subpath === '.' ? './dist' : `./dist/${subpath.slice(2)}`
      assert.deepEqual(exports[subpath], { types: `${folder}/index.d.ts`, default: `${folder}/index.js` })
    }
  })

  test('every index of a room is exported', () => {
    const rooms = readdirSync(join(ROOT, 'src')).filter((room) => existsSync(join(ROOT, 'src', room, 'index.ts')))
    assert.deepEqual(rooms.map((room) => `./${room}`).toSorted(), subpaths.filter((subpath) => subpath !== '.').toSorted())
  })
})
