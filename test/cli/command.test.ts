import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { runCommand } from '../../src/cli/command.ts'

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '../..')
const MAIN = join(ROOT, 'src/cli/main.ts')

const APP = `import { createApp, empty } from '${join(ROOT, 'src/index.ts')}'
import { z } from 'zod'

export const app = createApp({ title: 'Users', openapiPath: false, docsPath: false })
const User = z.object({ id: z.int(), site: z.string().trim() })
app.get('/users', { responses: { 200: z.object({ items: z.array(User) }), 304: empty() } }, () => ({ items: [] }))
app.delete('/users/{id}', { responses: { 204: empty() } }, () => undefined)
export const admin = createApp({ openapiPath: false, docsPath: false })
admin.get('/health', { responses: { 200: z.boolean() } }, () => true)
export default admin
`

const MODULES: Readonly<Record<string, string>> = {
  'app.ts': APP,
  'default.ts': `export { admin as default } from './app.ts'\n`,
  'other.cjs': `module.exports = { app: { contracts: () => [], document: async () => ({ openapi: '3.1.1' }) } }\n`,
  'none.ts': `export const server = {}\nexport const port = 8000\n`,
  'nothing.ts': `export {}\n`,
  'factory.ts': `import { admin, app } from './app.ts'
export default () => admin
export const createLater = () => Promise.resolve(app)
export const createNothing = () => undefined
export const createBroken = () => { throw new Error('no database') }\n`,
  'broken.ts': `throw new Error('no database')\n`,
  'wrong.ts': `import { createApp } from '${join(ROOT, 'src/index.ts')}'
import { z } from 'zod'
export const app = createApp().get('/a', { params: { b: z.int() }, responses: { 200: z.int() } }, () => 1)\n`,
  'loud.ts': `import { createApp, text } from '${join(ROOT, 'src/index.ts')}'
console.log('connecting')
console.info('to the database')
export const app = createApp({ title: 'Loud', version: '1.0.0' })
app.get('/', { responses: { 200: text() } }, () => {
  console.info('handled')
  return 'Hello'
})\n`,
  'busy.ts': `${APP}setInterval(() => {}, 1_000)\n`,
}

const printed = (...args: readonly string[]) => run(process.execPath, ['--import', 'tsx', MAIN, ...args], { timeout: 60_000 })

describe('the riposte command', () => {
  let folder = ''
  const at = (name: string) => join(folder, name)

  before(async () => {
    folder = await mkdtemp(join(ROOT, 'test/.cli-'))
    for (const [name, text] of Object.entries(MODULES)) await writeFile(at(name), text)
  })
  after(() => rm(folder, { recursive: true }))

  test('lists routes, their responses, how they are encoded, and what is left to a schema library', async () => {
    assert.deepEqual(await runCommand(['routes', at('app.ts')]), {
      text: `GET /users
  200  application/json  slab
       items[].site: left to its library: a step that rewrites values
  304

DELETE /users/{id}
  204`,
      exitCode: 0,
    })
  })

  test('prints the document', async () => {
    const { text, exitCode } = await runCommand(['openapi', at('app.ts')])
    const document = JSON.parse(text) as { openapi: string; info: { title: string }; paths: object }
    assert.deepEqual([exitCode, document.info.title, Object.keys(document.paths)], [0, 'Users', ['/users', '/users/{id}']])
  })

  test('uses the default export, an export by name, and the exports of a CommonJS module', async () => {
    const health = 'GET /health\n  200  application/json  slab'
    assert.equal((await runCommand(['routes', at('default.ts')])).text, health)
    assert.equal((await runCommand(['routes', `${at('app.ts')}#admin`])).text, health)
    assert.equal((await runCommand(['openapi', at('other.cjs')])).text, '{\n  "openapi": "3.1.1"\n}')
  })

  test('calls a function that returns an app, or a promise of one', async () => {
    assert.equal((await runCommand(['routes', at('factory.ts')])).text, 'GET /health\n  200  application/json  slab')
    const { text } = await runCommand(['openapi', `${at('factory.ts')}#createLater`])
    assert.equal((JSON.parse(text) as { info: { title: string } }).info.title, 'Users')
  })

  const failures: Readonly<Record<string, RegExp>> = {
    'missing.ts': /^APP_MODULE: .*missing\.ts: expected a module, got a path without a file\. Name the file that exports an app\.$/,
    '': /^APP_MODULE: .*: expected a module, got a path without a file/,
    'none.ts': /^APP_EXPORT: .*: expected an app as "app" or "default", got port, server\. Export what createApp\(\) returns/,
    'nothing.ts': /got nothing/,
    'app.ts#nobody': /expected an app as "nobody", got admin, app, default/,
    'app.ts#': /expected an app as ""/,
    'factory.ts#createNothing':
      /^APP_EXPORT: .*: expected an app as "createNothing", got a function that returned undefined\. Return what createApp\(\) returns\.$/,
    'factory.ts#createBroken': /^Error: no database\n {4}at createBroken .*factory\.ts:5/,
    'broken.ts': /^Error: no database\n {4}at .*broken\.ts:1/,
    'wrong.ts': /^PATH_PARAMETER: GET \/a params\.b: the path has no such parameter\. Name it in the path or remove it\.$/,
  }
  for (const [target, message] of Object.entries(failures)) {
    test(`reports the error in ${target}`, async () => {
      const { text, exitCode } = await runCommand(['routes', at(target)])
      assert.match(text, message)
      assert.equal(exitCode, 1)
    })
  }

  for (const args of [[], ['routes'], ['toString', 'app.ts'], ['routes', 'a.ts', 'b.ts'], ['routes', 'a.ts', '--watch']]) {
    test(`shows its usage for: riposte ${args.join(' ')}`, async () => {
      const { text, exitCode } = await runCommand(args)
      assert.match(text, /^Usage: riposte <command> <module>/)
      assert.equal(exitCode, 2)
    })
  }

  test('shows its usage for --help', async () => {
    for (const args of [['--help'], ['routes', '-h']]) assert.equal((await runCommand(args)).exitCode, 0)
  })

  test('ends although the module keeps the process alive, and prints its complete output', async () => {
    const { stdout, stderr } = await run(process.execPath, ['--import', 'tsx', MAIN, 'openapi', at('busy.ts')], { timeout: 30_000 })
    assert.equal(typeof JSON.parse(stdout), 'object')
    assert.equal(stderr, '')
  })

  test('writes what the app logs to standard error, because standard output is the document or the report', async () => {
    const document = await printed('openapi', at('loud.ts'))
    assert.equal((JSON.parse(document.stdout) as { info: { title: string } }).info.title, 'Loud')
    assert.equal(document.stderr, 'connecting\nto the database\n')
    const report = await printed('check', at('loud.ts'), '--requests', '2', '--report', 'json')
    assert.ok(JSON.parse(report.stdout))
    assert.match(report.stderr, /^handled$/m)
  })

  test('writes errors to standard error, with an exit code', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', MAIN, 'routes', at('none.ts')], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let complaint = ''
    child.stdout.on('data', (data: Buffer) => (output += data.toString()))
    child.stderr.on('data', (data: Buffer) => (complaint += data.toString()))
    const [code] = (await once(child, 'close')) as [number]
    assert.deepEqual([code, output], [1, ''])
    assert.match(complaint, /^APP_EXPORT: /)
  })
})
