/** Comments, pages and names of tests are in plain English: the words of this list make a reader stop. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const ROOT = join(import.meta.dirname, '..')

/** The word, and what to write instead. */
const WORDS: readonly (readonly [word: RegExp, instead: string])[] = [
  [/\banew\b/, 'again'],
  [/\bwhoever\b/, 'a client that, anyone who'],
  [/\bshall\b/, 'must, should'],
  [/\bfor ever\b/, 'indefinitely'],
  [/\bwithout a word\b/, 'silently'],
  [/\bis none\b/, 'is not a …, does not exist'],
  [/\bin the place of\b/, 'instead of'],
  [/\bhears? of\b/, 'gets, is told'],
  [/\bon purpose\b/, 'deliberately, explicit'],
]

/** Without the hidden folders, which other tests make and delete while this one reads. */
const files = ['src', 'test', 'docs', 'examples']
  .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)))
  .filter((file) => /\.(?:ts|md)$/.test(file) && !/node_modules|[\\/]\./.test(file) && !file.endsWith('language.test.ts'))
const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md']

function findWords(text: string): string[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      WORDS.filter(([word]) => word.test(line)).map(([word, instead]) => `line ${index + 1}: ${word.source}: write ${instead}`),
    )
}

test('each word of the list is found', () => {
  for (const [word, instead] of WORDS) {
    const example = word.source.replaceAll(String.raw`\b`, '').replace('s?', '')
    assert.deepEqual(findWords(`a plain line\nthen ${example}`), [`line 2: ${word.source}: write ${instead}`])
  }
})

test('no file has one of the words', () => {
  assert.ok(files.length > 300)
  const found = [...files, ...pages].flatMap((file) => findWords(readFileSync(join(ROOT, file), 'utf8')).map((place) => `${file} ${place}`))
  assert.deepEqual(found, [])
})
