/** What is encoded, and how, on run times that lack something. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

const program = (before: string) => `
${before}
const { compileEncoder, describeEncoding } = await import('./src/schema/encode.ts')
const { z } = await import('zod')
const User = z.object({ id: z.int(), name: z.string(), at: z.date() })
const { encode } = compileEncoder(User)
const value = { id: 1, name: 'ü "x"', at: new Date(0), secret: 2 }
let breach
for (let i = 0; i < 20; i++) encode(value)
try { encode({ ...value, id: 'x' }) } catch (error) { breach = error.message }
console.log(JSON.stringify([describeEncoding(User).backEnd, new TextDecoder().decode(encode(value)), breach]))
`

function run(before: string, ...flags: string[]): unknown {
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, '--import', 'tsx', '--input-type=module', '-e', program(before)], {
    encoding: 'utf8',
  })
  assert.ok(stdout !== '', stderr)
  return JSON.parse(stdout)
}

const expected = ['{"id":1,"name":"ü \\"x\\"","at":"1970-01-01T00:00:00.000Z"}', 'id: integer was promised, string came']

test('with all there is', () => assert.deepEqual(run(''), ['slab', ...expected]))

test('without code generation', () => assert.deepEqual(run('', '--disallow-code-generation-from-strings'), ['closures', ...expected]))

test('where code is generated at start-up only', () => {
  const late = `
const { compileEncoder: early } = await import('./src/schema/encode.ts')
globalThis.Function = new Proxy(Function, { construct() { throw new EvalError('not now') } })
`
  assert.deepEqual(run(late), ['closures', ...expected])
})

test('without WebAssembly', () => assert.deepEqual(run('delete WebAssembly.Memory'), ['project', ...expected]))

test('without the methods of buffers that no documentation has', () => {
  assert.deepEqual(run('delete Buffer.prototype.latin1Slice'), ['project', ...expected])
})

test('without buffers', () => assert.deepEqual(run('globalThis.Buffer = undefined'), ['project', ...expected]))
