/** The results and the back ends on runtimes without code generation, WebAssembly or `Buffer`. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

const program = (before: string, between: string) => `
${before}
const { compileEncoder, describeEncoding } = await import('./src/schema/encode.ts')
const { z } = await import('zod')
const User = z.object({ id: z.int(), name: z.string(), at: z.date() })
const { encode } = compileEncoder(User)
${between}
const value = { id: 1, name: 'ü "x"', at: new Date(0), secret: 2 }
let breach
for (let i = 0; i < 20; i++) encode(value)
try { encode({ ...value, id: 'x' }) } catch (error) { breach = error.message }
console.log(JSON.stringify([describeEncoding(User).backEnd, new TextDecoder().decode(encode(value)), breach, globalThis.attempts]))
`

function run(before: string, flags: readonly string[] = [], between = ''): unknown {
  const args = [...flags, '--import', 'tsx', '--input-type=module', '-e', program(before, between)]
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  assert.ok(stdout !== '', stderr)
  return JSON.parse(stdout)
}

const expected = ['{"id":1,"name":"ü \\"x\\"","at":"1970-01-01T00:00:00.000Z"}', 'id: expected integer, got string']

test('a runtime with all features', () => assert.deepEqual(run(''), ['slab', ...expected, null]))

test('a runtime without code generation', () =>
  assert.deepEqual(run('', ['--disallow-code-generation-from-strings']), ['closures', ...expected, null]))

const forbid = `
globalThis.attempts = 0
globalThis.Function = new Proxy(Function, { construct() { globalThis.attempts++; throw new EvalError('not now') } })
`

test('a runtime that generates code only at start-up: a model that is declared later', () => {
  const known = run(`await import('./src/schema/encode.ts')\n${forbid}`) as unknown[]
  assert.deepEqual(known.slice(0, 3), ['closures', ...expected])
})

test('a runtime that generates code only at start-up: a model that is declared in time', () => {
  const workers = `Object.defineProperty(globalThis, 'navigator', { value: { userAgent: 'Cloudflare-Workers' } })`
  assert.deepEqual(run(workers, [], forbid), ['slab', ...expected, 1], 'all but the code for bytes is there')
})

test('a runtime that forbids code generation before the first response', () => {
  assert.deepEqual(run('', [], forbid), ['closures', ...expected, 1], 'it is asked once')
})

test('a runtime without WebAssembly', () => assert.deepEqual(run('delete WebAssembly.Memory'), ['project', ...expected, null]))

test('a runtime without the undocumented methods of buffers', () => {
  assert.deepEqual(run('delete Buffer.prototype.latin1Slice'), ['project', ...expected, null])
})

// The loader of TypeScript needs these methods, since Node 24 in the same thread.
const withoutBuffers = `
const { Buffer } = globalThis
Object.defineProperty(globalThis, 'Buffer', { get: () => (/node_modules.tsx/.test(new Error().stack) ? Buffer : undefined) })
`

test('a runtime without buffers', () => assert.deepEqual(run(withoutBuffers), ['project', ...expected, null]))
