/** README.md and the guide: their links lead to files that the package carries, and README's numbers are those of the bench. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { describe, test } from 'node:test'
import { Context } from '../src/context.ts'

const ROOT = join(import.meta.dirname, '..')
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')
const pages = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((file) => `docs/${file}`)]
const { files: carried } = JSON.parse(read('package.json')) as { files: string[] }

/** The text of a page without its blocks of code. */
const proseOf = (page: string) => read(page).replaceAll(/^```[\s\S]*?^```$/gm, '')

interface Link {
  readonly target: string
  readonly isPicture: boolean
}

const linksOf = (page: string): Link[] =>
  [...proseOf(page).matchAll(/(!?)\[[^\]]*\]\(([^)]*)\)/g)].map(([, mark, target]) => ({ target: target!, isPicture: mark === '!' }))

/** As CommonMark viewers make them. */
const anchorsOf = (page: string): Set<string> =>
  new Set(
    [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )

describe('links of README.md and the guide', () => {
  for (const page of pages) {
    test(`${page} links to files that the package carries, and to headings that they have`, () => {
      for (const { target, isPicture } of linksOf(page)) {
        if (target.startsWith('https://')) continue
        assert.ok(!isPicture, `${page}: ${target}: the registry's page does not show pictures of the package`)
        const [path, anchor] = target.split('#') as [string, string?]
        const file = path === '' ? page : posix.join(posix.dirname(page), path)
        assert.ok(existsSync(join(ROOT, file)), `${page}: ${target}: no such file`)
        assert.ok(
          carried.some((entry) => file === entry || file.startsWith(`${entry}/`)),
          `${page}: ${target}: not in the package`,
        )
        if (anchor !== undefined) assert.ok(anchorsOf(file).has(anchor), `${page}: ${target}: no such heading`)
      }
    })
  }

  test('README.md leads to every page of the guide, directly or by way of docs/README.md', () => {
    const linked = new Set(
      ['README.md', 'docs/README.md'].flatMap((page) =>
        linksOf(page).map(({ target }) => posix.join(posix.dirname(page), target.split('#')[0]!)),
      ),
    )
    assert.deepEqual(
      pages.filter((page) => page !== 'README.md' && page !== 'docs/README.md' && !linked.has(page)),
      [],
    )
  })
})

test('docs/dependencies.md lists every member of the context, whose names no dependency may have', () => {
  const { constructor: _, ...accessors } = Object.getOwnPropertyDescriptors(Context.prototype)
  const members = [...Object.keys(accessors), ...Object.keys(new Context(undefined as never))] // only its names are read
  const [, list] = /^## Names\n[\s\S]*?\n\n((?:- .*\n)+)/m.exec(read('docs/dependencies.md')) ?? assert.fail('no list of names')
  assert.deepEqual([...list!.matchAll(/`(\w+)`/g)].map(([, name]) => name!).toSorted(), members.toSorted())
})

/** The first table after `start`: the first cell of each row, then its others. */
function tableAfter(text: string, start: string): Map<string, readonly string[]> {
  const [, table] = /(?:^|\n)((?:\|.*\n)+)/.exec(text.slice(text.indexOf(start))) ?? assert.fail(`no table after ${start}`)
  const rows = table!.split('\n').map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  return new Map(
    rows.filter(([first]) => first !== undefined && !/^-+$/.test(first)).map(([first, ...cells]) => [first!.toLowerCase(), cells]),
  )
}

describe('numbers of README.md', () => {
  const readme = read('README.md')
  const results = read('bench/RESULTS.md')

  test('the guarantees of each framework are those that the bench found', () => {
    const found = tableAfter(results, '## Guarantees')
    assert.ok(found.size > 5)
    assert.deepEqual(tableAfter(readme, '## Compared with other frameworks'), found)
  })

  test('the versions of the frameworks are those that the bench asked', () => {
    const asked = results.slice(results.indexOf('## Guarantees'))
    for (const [version] of readme.slice(readme.indexOf('## Compared')).matchAll(/(?:FastAPI|Hono|Fastify|NestJS) \d+\.\d+\.\d+/g))
      assert.ok(asked.includes(version), version)
  })

  test('the requests for the CPU of one are those that the bench measured', () => {
    const cases = ['user', 'page20', 'page100', 'create']
    const measured = tableAfter(results, '## Whole servers')
    const columns = cases.map((name) => measured.get('')!.indexOf(name))
    const shown = tableAfter(readme, 'The speed, as requests')
    assert.ok(shown.size > 3)
    for (const [name, cells] of shown) {
      if (name === '') continue
      const row = measured.get(name === 'nestjs' ? 'nest' : name)!
      assert.deepEqual(
        cells,
        columns.map((column) => row[column]!.split(' ')[0]),
        name,
      )
    }
  })
})
