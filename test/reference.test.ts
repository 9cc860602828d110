/** docs/reference.md: every name that the package exports, with the first sentence of its comment. UPDATE_SNAPSHOTS=1 writes the page again. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { parseSync } from 'oxc-parser'

const ROOT = join(import.meta.dirname, '..')
const PAGE = join(ROOT, 'docs/reference.md')
const surfaces = JSON.parse(readFileSync(join(ROOT, 'test/exports.json'), 'utf8')) as Record<string, Record<'values' | 'types', string[]>>

interface Module {
  readonly source: string
  /** Where the comment before the declaration of a name ends. */
  readonly declared: ReadonlyMap<string, number>
  /** Names that come from another module, with their name there. */
  readonly imported: ReadonlyMap<string, readonly [file: string, name: string]>
}

const modules = new Map<string, Module>()

function readModule(file: string): Module {
  const known = modules.get(file)
  if (known !== undefined) return known
  const source = readFileSync(file, 'utf8')
  const declared = new Map<string, number>()
  const imported = new Map<string, readonly [string, string]>()
  for (const statement of parseSync(file, source).program.body) {
    if (statement.type === 'ImportDeclaration') {
      for (const { type, local, ...specifier } of statement.specifiers) {
        if (type !== 'ImportSpecifier' || !('imported' in specifier) || !('name' in specifier.imported)) continue
        imported.set(local.name, [join(dirname(file), statement.source.value), specifier.imported.name])
      }
      continue
    }
    if (statement.type === 'ExportNamedDeclaration' && statement.declaration === null) {
      for (const { local, exported } of statement.specifiers) {
        if (statement.source === null || !('name' in local) || !('name' in exported)) continue
        imported.set(exported.name, [join(dirname(file), statement.source.value), local.name])
      }
      continue
    }
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration! : statement
    if (declaration.type === 'VariableDeclaration') {
      for (const { id } of declaration.declarations) if (id.type === 'Identifier') declared.set(id.name, statement.start)
    } else if ('id' in declaration && declaration.id !== null && 'name' in declaration.id) {
      // The comment of an overloaded function is that of its first signature.
      if (!declared.has(declaration.id.name)) declared.set(declaration.id.name, statement.start)
    }
  }
  const module = { source, declared, imported }
  modules.set(file, module)
  return module
}

/** The first sentence of the comment before a declaration; `undefined` without a comment. */
function sentenceOf(file: string, name: string): string | undefined {
  const { source, declared, imported } = readModule(file)
  const elsewhere = imported.get(name)
  if (elsewhere !== undefined) return sentenceOf(...elsewhere)
  const start = declared.get(name)
  assert.ok(start !== undefined, `${file}: ${name} is not declared there`)
  const comment = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/[^\S\n]*\n(?:\/\/.*\n)*$/.exec(source.slice(0, start))?.[1]
  const text = comment?.replaceAll(/\n\s*\* ?/g, ' ').trim()
  return text === undefined ? undefined : (/^.*?\.(?=\s|$)/.exec(text)?.[0] ?? text)
}

const sourceOf = (subpath: string) => join(ROOT, 'src', subpath, 'index.ts')
const guide = new Map(
  readdirSync(join(ROOT, 'docs'))
    .filter((page) => page !== 'reference.md')
    .map((page) => [page, readFileSync(join(ROOT, 'docs', page), 'utf8')]),
)

/** The pages of the guide that name it. */
function pagesOf(name: string): string[] {
  const word = new RegExp(`(?<![\\w$.])${name}(?![\\w$])`)
  return [...guide].filter(([, text]) => word.test(text.replaceAll(/^import .*$/gm, ''))).map(([page]) => page)
}

function write(): string {
  const sections = Object.entries(surfaces).map(([subpath, { values, types }]) => {
    const rows = [...values, ...types].map((name) => `- \`${name}\`: ${sentenceOf(sourceOf(subpath), name)}`)
    return `## ${subpath === '.' ? 'riposte' : `riposte/${subpath.slice(2)}`}\n\n${rows.join('\n')}\n`
  })
  return `# Reference\n\nEvery name that the package exports: values first, then types. The comments in the declarations (\`.d.ts\`) say more; editors show them.\n\n${sections.join('\n')}`
}

describe('docs/reference.md and the guide', () => {
  for (const [subpath, { values, types }] of Object.entries(surfaces)) {
    test(`each name of ${subpath} has a comment that begins with a sentence`, () => {
      const silent = [...values, ...types].filter((name) => !sentenceOf(sourceOf(subpath), name)?.endsWith('.'))
      assert.deepEqual(silent, [])
    })

    test(`each value of ${subpath} is in a page of the guide`, () => {
      assert.deepEqual(
        values.filter((name) => pagesOf(name).length === 0),
        [],
      )
    })
  }

  test('the reference has every name with its sentence', () => {
    const page = write()
    if (process.env['UPDATE_SNAPSHOTS'] === '1') writeFileSync(PAGE, page)
    assert.equal(readFileSync(PAGE, 'utf8'), page)
  })
})
