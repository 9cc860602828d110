/** Proves that a regular expression takes linear time. */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseSync, Visitor } from 'oxc-parser'
import { checkSync } from 'recheck'

// The checker of pure JavaScript: it needs no program beside Node.
process.env['RECHECK_BACKEND'] = 'pure'

export interface Expression {
  readonly where: string
  readonly source: string
  readonly flags: string
}

interface Found {
  readonly expressions: Expression[]
  /** Where `RegExp` is called. */
  readonly calls: string[]
}

export async function readFolder(folder: string, ends: RegExp): Promise<Found> {
  const found: Found = { expressions: [], calls: [] }
  const files = (await readdir(folder, { recursive: true })).filter((file) => ends.test(file) && !file.includes('node_modules'))
  for (const file of files) {
    const call = ({ callee }: { readonly callee: { readonly type: string; readonly name?: string } }) => {
      if (callee.type === 'Identifier' && callee.name === 'RegExp') found.calls.push(file)
    }
    new Visitor({
      Literal(node) {
        if ('regex' in node) found.expressions.push({ where: file, source: node.regex.pattern, flags: node.regex.flags })
      },
      NewExpression: call as never,
      CallExpression: call as never,
    }).visit(parseSync(file, await readFile(join(folder, file), 'utf8')).program)
  }
  return found
}

export function assertLinear({ source, flags }: Expression): void {
  for (const part of withoutLookarounds(withoutLargeBounds(source))) {
    const result = checkSync(part, flags, { checker: 'automaton', timeout: 60_000 })
    assert.equal(
      result.status,
      'safe',
      `/${part}/: ${result.status === 'unknown' ? JSON.stringify(result.error) : result.complexity.summary}`,
    )
  }
}

/** The checker would take long. What takes linear time without a bound does so with it: fewer ways are tried. */
function withoutLargeBounds(source: string): string {
  return source.replaceAll(/\{(\d+),(\d\d+)\}/g, '{$1,}')
}

const LOOKAROUND = /\(\?<?[=!]/
/** A text that holds it, or not, at the place of a look-ahead can make it true or false. */
const DECIDED_BY_TEXT = String.raw`\x01`

/** The checker knows no look-ahead and no look-behind: each becomes a character of the text, and what it looks for an expression of its own. */
function withoutLookarounds(source: string): string[] {
  const begin = source.search(LOOKAROUND)
  if (begin === -1) return [source]
  let depth = 0
  let end = begin
  do {
    if (source[end] === '\\') end += 1
    else if (source[end] === '[') end = source.indexOf(']', source[end + 1] === '\\' ? end + 3 : end + 1)
    else if (source[end] === '(') depth += 1
    else if (source[end] === ')') depth -= 1
    end += 1
  } while (depth > 0)
  const inside = source.slice(begin, end).replace(LOOKAROUND, '').slice(0, -1)
  return [...withoutLookarounds(source.slice(0, begin) + DECIDED_BY_TEXT + source.slice(end)), ...withoutLookarounds(`^(?:${inside})`)]
}

export function testEach(expressions: readonly Expression[]): void {
  const unique = new Map(expressions.map((one) => [`${one.where} /${one.source}/${one.flags}`, one]))
  for (const [name, expression] of unique) test(name, () => assertLinear(expression))
}
