/** docs/check.md has a section for each rule, in the order of the table, with an example of what it finds. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { CHECK_USAGE } from '../../src/cli/check.ts'
import { DIFF_USAGE } from '../../src/cli/diff.ts'
import { RULE_NAMES } from '../../src/check/rules/rule.ts'
import { LIES } from './lies.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/check.md'), 'utf8')
const sections = Array.from(page.matchAll(/^### `([a-z-]+)`\n\n([^#]*)/gm), ([, name, text]) => ({ name: name!, text: text! }))

test('each rule has a section', () => {
  assert.deepEqual(
    sections.map(({ name }) => name),
    RULE_NAMES,
  )
})

test('each section ends with an example', () => {
  for (const { name, text } of sections) assert.match(text.trimEnd(), /\n\n`[^\n]+`$/, name)
})

test('each rule finds a lie of the fixture server', () => {
  const found = new Set<string>(Object.values(LIES).map(({ rule }) => rule))
  assert.deepEqual(
    RULE_NAMES.filter((name) => !found.has(name)),
    [],
  )
})

test('each flag that the page names exists', () => {
  for (const [flag] of page.matchAll(/--[a-z][a-z-]+/g))
    assert.ok((CHECK_USAGE + DIFF_USAGE).includes(flag) || flag === '--data-binary' || flag === '--document', flag)
})
