/** The messages that wrong programs get: one error each, kept word for word beside the program. UPDATE_SNAPSHOTS=1 writes them again. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'

const FOLDER = join(import.meta.dirname, 'diagnostics')
const TSC = join(import.meta.dirname, '../node_modules/.bin/tsc')

/** With the path of the field in its first line. */
const MOST_CHARACTERS = 900

/** The modules that the programs share. */
const SHARED = new Set(['rows', 'users'])

/** `5:87 error TS2345: Argument of type …`, further lines indented; by file name. */
function compile(): Promise<Map<string, string[]>> {
  return new Promise((resolve) => {
    execFile(TSC, ['-p', FOLDER, '--pretty', 'false'], { cwd: FOLDER }, (_error, stdout) => {
      const found = new Map<string, string[]>()
      let current: string[] = []
      for (const line of stdout.split('\n')) {
        const match = /^([\w-]+)\.ts\((\d+),(\d+)\): (.*)$/.exec(line)
        if (match === null) {
          if (line !== '' && current.length > 0) current.push(`${current.pop()}\n${line}`)
          continue
        }
        current = found.get(match[1]!) ?? []
        found.set(match[1]!, current)
        current.push(`${match[2]}:${match[3]} ${match[4]}`)
      }
      resolve(found)
    })
  })
}

function snapshotOf(name: string): string {
  try {
    return readFileSync(join(FOLDER, `${name}.txt`), 'utf8')
  } catch {
    return ''
  }
}

describe('what the compiler says of wrong programs', () => {
  let found = new Map<string, string[]>()
  before(async () => {
    found = await compile()
  })

  const programs = readdirSync(FOLDER)
    .flatMap((file) => (file.endsWith('.ts') ? [file.slice(0, -3)] : []))
    .filter((name) => !SHARED.has(name))
  for (const name of programs) {
    test(name, () => {
      const errors = found.get(name) ?? []
      assert.equal(errors.length, 1, `one error was expected:\n${errors.join('\n')}`)
      const [message] = errors
      if (process.env['UPDATE_SNAPSHOTS'] === '1') writeFileSync(join(FOLDER, `${name}.txt`), `${message}\n`)
      assert.equal(`${message}\n`, snapshotOf(name))
      assert.ok(message!.length <= MOST_CHARACTERS, `the message is too long:\n${message}`)
    })
  }

  for (const name of SHARED) test(`what they share compiles: ${name}`, () => assert.equal(found.get(name), undefined))
})
