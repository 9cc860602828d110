/** Every regular expression of the code that reads a client's text takes linear time. A checker proves it; nothing is timed. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertLinear, readFolder, testEach, type Expression } from './support/linear.ts'

/** Expressions over texts of the developer, by their files. */
const OF_THE_DEVELOPER: Readonly<Record<string, string>> = {
  'openapi/docs/markdown.ts': 'descriptions of the document',
  'openapi/docs/send.ts': 'names of header parameters',
  'middleware/cors.ts': 'made of a pattern of the developer',
  'schema/json-schema/scalars.ts': 'a pattern of the developer is compiled, and run on nothing',
  'schema/from-json-schema.ts': 'patterns of the keys of a record in a model of the developer',
  'pagination/selection.ts': 'made of names of the developer, with a comma between them',
  'sql/fragment.ts': 'SQL of the developer',
  'drizzle/order.ts': 'SQL of the developer',
}

/** Commands that a developer runs: they read documents, answers of the server that is checked, and options. */
const FOLDERS_OF_THE_DEVELOPER = ['check/', 'cli/']

function isOfTheDeveloper(file: string): boolean {
  return OF_THE_DEVELOPER[file] !== undefined || FOLDERS_OF_THE_DEVELOPER.some((folder) => file.startsWith(folder))
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
    await import('../src/http/fields.ts')
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

describe('an expression of src', () => testEach(expressions.filter(({ where }) => !isOfTheDeveloper(where))))

describe('an expression of src that is made of parts', () => {
  testEach(made)
  test('is one of those that are known', () => {
    const known = calls.filter((file) => !isOfTheDeveloper(file))
    assert.deepEqual([...new Set(known)], ['http/fields.ts'])
    assert.equal(made.length, known.length)
  })
})
