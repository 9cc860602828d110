/** Every code that a message of ours begins with has its paragraph in docs/errors.md, and the other way round. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const ROOT = join(import.meta.dirname, '..')

const DECLARATION = /new (?:Declaration|Check|Part)Error\(\s*'([A-Z_]+)'/g
const MESSAGE = /['`]([A-Z]+(?:_[A-Z]+)*): /g
const THROWN = /throw new (?:Type|Range)?Error\(\s*(['`][^\n]*)/g

const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(join(ROOT, 'src', file), 'utf8') }))
const page = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8')

function all(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => match[1]!)
}

function sorted(codes: Iterable<string>): string[] {
  return [...new Set(codes)].toSorted()
}

test('the codes of the sources are those of the page', () => {
  const code = sources.map(({ text }) => text.replaceAll(/^\s*(?:\/\*\*|\*|\/\/).*$/gm, '')).join('\n')
  const inSources = sorted([...all(code, DECLARATION), ...all(code, MESSAGE)])
  assert.ok(inSources.length > 20)
  assert.deepEqual(sorted(all(page, /^### `([A-Z_]+)`$/gm)), inSources)
})

test('the page lists each code once, in the order of the alphabet within its part', () => {
  for (const part of page.split(/^## /m).slice(1)) {
    const codes = all(part, /^### `([A-Z_]+)`$/gm)
    assert.deepEqual(codes, sorted(codes))
  }
})

test('each code has a paragraph that is more than a word', () => {
  for (const [, code, text] of page.matchAll(/^### `([A-Z_]+)`\n\n([^#]*)/gm)) assert.ok(text!.trim().length > 80, code)
})

for (const { file, text } of sources) {
  for (const message of all(text, THROWN)) {
    test(`${file}: ${message}`, () => assert.match(message, /^['`][A-Z]+(?:_[A-Z]+)*: /))
  }
}
