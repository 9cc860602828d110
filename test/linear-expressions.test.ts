/** Every regular expression that reads a client's text takes linear time. A checker proves it; nothing is timed. */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { parseSync, Visitor } from 'oxc-parser'
import { checkSync } from 'recheck'
import { core, z } from 'zod'

// The checker of pure JavaScript: it needs no program beside Node.
process.env['RECHECK_BACKEND'] = 'pure'

/** Expressions over texts of the developer, by their files. */
const OF_THE_DEVELOPER: Readonly<Record<string, string>> = {
  'openapi/docs/markdown.ts': 'descriptions of the document',
  'openapi/docs/fields.ts': 'names of header parameters',
  'middleware/cors.ts': 'made of a pattern of the developer',
  'schema/json-schema/scalars.ts': 'a pattern of the developer is compiled, and run on nothing',
}

/** Libraries that read what a client sends. The expressions of rou3 read route templates. */
const LIBRARIES = ['cookie', 'content-disposition', 'negotiator', 'mrmime']

interface Expression {
  readonly where: string
  readonly source: string
  readonly flags: string
}

interface Found {
  readonly expressions: Expression[]
  /** Where `RegExp` is called. */
  readonly calls: string[]
}

async function readFolder(folder: string, ends: RegExp): Promise<Found> {
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

function assertLinear({ source, flags }: Expression): void {
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

function testEach(expressions: readonly Expression[]): void {
  const unique = new Map(expressions.map((one) => [`${one.where} /${one.source}/${one.flags}`, one]))
  for (const [name, expression] of unique) test(name, () => assertLinear(expression))
}

/** What `new RegExp()` is called with while the modules of Riposte load. */
async function recordCalls(): Promise<Expression[]> {
  const calls: Expression[] = []
  const Native = globalThis.RegExp
  globalThis.RegExp = new Proxy(Native, {
    construct(target, [source, flags]: [string, string | undefined]) {
      const made = new target(source, flags)
      calls.push({ where: 'made while modules load', source: made.source, flags: made.flags })
      return made
    },
  })
  try {
    await import('../src/http/http-date.ts')
  } finally {
    globalThis.RegExp = Native
  }
  return calls
}

const { expressions, calls } = await readFolder('src', /\.ts$/)
const made = await recordCalls()

describe('the checker', () => {
  const refused = [
    String.raw`^(a+)+$`,
    String.raw`^[+-]?(?:\d+(?:_\d+)*\.?\d*|\.\d+)$`,
    String.raw`[\s(:,]*(?:but )?(?:received|was|got)?[\s(:]*$`,
    String.raw`^(?:a|a)*(?=b)`,
    String.raw`^x(?!(?:a|[a-c])*$)`,
    String.raw`^(?:a{0,61}a{0,61})*$`,
  ]
  for (const source of refused)
    test(`refuses /${source}/`, () => {
      assert.throws(() => assertLinear({ where: '', source, flags: '' }), /polynomial|exponential/)
    })

  test('sees all of src', () => assert.ok(expressions.length > 100, `${expressions.length} expressions`))
})

describe('an expression of src', () => testEach(expressions.filter(({ where }) => OF_THE_DEVELOPER[where] === undefined)))

describe('an expression of src that is made of parts', () => {
  testEach(made)
  test('is one of those that are known', () => {
    const known = calls.filter((file) => OF_THE_DEVELOPER[file] === undefined)
    assert.deepEqual([...new Set(known)], ['http/http-date.ts'])
    assert.equal(made.length, known.length)
  })
})

for (const library of LIBRARIES) {
  describe(`an expression of ${library}`, async () => testEach((await readFolder(join('node_modules', library), /\.[cm]?js$/)).expressions))
}

describe('a format of zod', () => {
  // No schema of zod has that one.
  const { extendedDuration: _, ...used } = core.regexes
  const constants = Object.entries(used).filter((entry): entry is [string, RegExp] => entry[1] instanceof RegExp)
  const options = { offset: true, local: true, precision: 3 }
  const schemas = [z.uuid(), z.mac(), z.nanoid(), z.iso.time(), z.iso.datetime(), z.iso.datetime(options)]
  const made = schemas.map(({ def }) => [def.format, def.pattern!] as const)
  testEach([...constants, ...made].map(([where, { source, flags }]) => ({ where, source, flags })))
})
