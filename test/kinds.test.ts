/** A new kind of node or plan makes the compiler name every place that must handle it. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'

const src = new URL('../src/', import.meta.url)
const read = (file: string) => readFileSync(new URL(file, src), 'utf8')
const kindsOf = (file: string) => [...read(file).matchAll(/readonly kind: '(\w+)'$/gm)].map(([, kind]) => kind!)

const KINDS: ReadonlySet<string> = new Set([...kindsOf('schema/node.ts'), ...kindsOf('schema/encode/plan/plan.ts')])

interface KindSwitch {
  readonly place: string
  /** Its default is an error of the compiler where a kind is missing. */
  readonly isExhaustive: boolean
}

/** The switches over kinds of node or plan. */
function kindSwitches(file: string, text: string): readonly KindSwitch[] {
  return [...text.matchAll(/^( *)switch \(.+\) \{\n([\s\S]*?)^\1\}/gm)].flatMap(([whole, indent, body], index) => {
    const own = new RegExp(`^${indent!}  (?:case '(\\w+)'|default):.*\\n?.*`, 'gm')
    const labels = [...body!.matchAll(new RegExp(`^${indent!}  case (.+?):`, 'gm'))].map(([, label]) => label!.replaceAll("'", ''))
    if (labels.length === 0 || !labels.every((label) => KINDS.has(label)) || !/\.kind\)/.test(whole.slice(0, whole.indexOf('\n'))))
      return []
    const last = [...body!.matchAll(own)].at(-1)?.[0] ?? ''
    return [{ place: `${file} #${index}`, isExhaustive: /default:\s+return \w+ satisfies never/.test(last) }]
  })
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
const found = files.flatMap((file) => kindSwitches(file, read(file)))

const planted = (end: string) =>
  `function f(node: Node) {\n  switch (node.kind) {\n    case 'any':\n      return 1\n    default:\n      ${end}\n  }\n}\n`

describe('switches over kinds', () => {
  test('are few: a question about all kinds is asked in one place', () => {
    assert.ok(found.length > 5 && found.length <= 14, found.map(({ place }) => place).join('\n'))
  })

  test('name every kind', () => {
    assert.deepEqual(
      found.filter(({ isExhaustive }) => !isExhaustive).map(({ place }) => place),
      [],
    )
  })

  test('are found, and one that does not name every kind is told apart', () => {
    assert.deepEqual(kindSwitches('a.ts', planted('return node satisfies never')), [{ place: 'a.ts #0', isExhaustive: true }])
    assert.deepEqual(kindSwitches('a.ts', planted('return 2')), [{ place: 'a.ts #0', isExhaustive: false }])
    assert.deepEqual(kindSwitches('a.ts', planted('return 2').replaceAll("'any'", "'cat'")), [])
  })
})
