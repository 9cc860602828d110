/** The published package: built, packed, unpacked into an empty project, used from JavaScript and from TypeScript. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { access, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '..')
const TSC = join(ROOT, 'node_modules/.bin/tsc')

const PROGRAM = `import { createApp, get } from 'riposte'
import { channel } from 'riposte/channel'
import { serve } from 'riposte/node'
import { z } from 'zod'

const User = z.object({ id: z.int(), name: z.string() }).meta({ id: 'User' })
const getUser = get('/users/{user_id}', { params: { user_id: z.int() }, responses: { 200: User } }, ({ params }) => ({
  id: params.user_id,
  name: 'Ada',
  secret: 'SECRET',
}))
const app = createApp({ logger: { error() {}, warn() {}, info() {} } }).add({ getUser })
const server = await serve(app, { port: 0 })
const answer = await fetch(\`\${server.url}/users/7\`)
const page = await fetch(\`\${server.url}/docs\`)
console.log(JSON.stringify([answer.status, await answer.json(), page.status, typeof channel]))
await server.stop()
`

const APP = `import { createApp } from 'riposte'
import { z } from 'zod'

export const app = createApp({ openapiPath: false, docsPath: false })
app.get('/users/{user_id}', { params: { user_id: z.int() }, responses: { 200: z.object({ id: z.int() }) } }, ({ params }) => ({ id: params.user_id }))
`

describe('the packed package', () => {
  let folder = ''
  let installed = ''

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'riposte-dist-'))
    const source = join(folder, 'source')
    await mkdir(source)
    for (const file of [
      'package.json',
      'README.md',
      'LICENSE',
      'CHANGELOG.md',
      'src',
      'docs',
      'scripts',
      'tsconfig.json',
      'tsconfig.build.json',
    ]) {
      await cp(join(ROOT, file), join(source, file), { recursive: true })
    }
    await symlink(join(ROOT, 'node_modules'), join(source, 'node_modules'))
    await run('npm', ['run', 'build', '--silent'], { cwd: source })
    const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--silent'], { cwd: source })
    const modules = join(folder, 'project/node_modules')
    installed = join(modules, 'riposte')
    await mkdir(installed, { recursive: true })
    await run('tar', ['-xzf', join(source, stdout.trim()), '-C', installed, '--strip-components=1'])
    // Its dependencies are those of this repository: nothing is fetched.
    const { dependencies } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { dependencies: Record<string, string> }
    for (const name of [...Object.keys(dependencies), 'zod', '@types/node', 'undici-types']) {
      await mkdir(join(modules, name, '..'), { recursive: true })
      await symlink(join(ROOT, 'node_modules', name), join(modules, name))
    }
    await writeFile(join(folder, 'project/package.json'), '{ "type": "module", "private": true }')
    await writeFile(join(folder, 'project/program.ts'), PROGRAM)
    await writeFile(join(folder, 'project/program.js'), PROGRAM)
    await writeFile(join(folder, 'project/app.js'), APP)
    await cp(join(ROOT, 'test/fixtures/library.ts.txt'), join(folder, 'project/library.ts'))
  })

  after(() => rm(folder, { recursive: true }))

  test('it runs from JavaScript', async () => {
    const { stdout, stderr } = await run(process.execPath, ['program.js'], { cwd: join(folder, 'project') })
    assert.equal(stdout, '[200,{"id":7,"name":"Ada"},200,"function"]\n', stderr)
  })

  test('its check names the packages that are missing', async () => {
    const { bin } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as { bin: { riposte: string } }
    const outcome = await run(process.execPath, [join(installed, bin.riposte), 'check', 'app.js'], { cwd: join(folder, 'project') }).catch(
      (error: { code: number; stderr: string }) => error,
    )
    assert.deepEqual('code' in outcome && [outcome.code, outcome.stderr], [
      3,
      'CHECK_PACKAGES: riposte check: expected fast-check, ajv and ajv-formats, got none. Install them: npm i -D fast-check ajv ajv-formats\n',
    ])
  })

  test('its command runs', async () => {
    const { bin } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as { bin: { riposte: string } }
    const { stdout } = await run(process.execPath, [join(installed, bin.riposte), 'routes', 'app.js'], { cwd: join(folder, 'project') })
    assert.equal(stdout, 'GET /users/{user_id}\n  200  application/json  slab\n')
    assert.match(await readFile(join(installed, bin.riposte), 'utf8'), /^#!\/usr\/bin\/env node\n/)
  })

  test('its command says what TypeScript needs where neither Node nor the project reads it', async (t) => {
    if ('typescript' in process.features && process.features.typescript !== false)
      return t.skip(`Node ${process.versions.node} reads TypeScript`)
    const { stderr } = await run(process.execPath, [join(installed, 'dist/cli/main.js'), 'routes', 'program.ts'], {
      cwd: join(folder, 'project'),
    }).catch((error: { stderr: string }) => error)
    assert.match(stderr, /^APP_TYPESCRIPT: program\.ts: expected JavaScript, got TypeScript, .* Install tsx in the project/)
  })

  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ]) {
    test(`its types resolve under ${moduleResolution}`, async () => {
      const options = ['--noEmit', '--strict', '--target', 'es2023', '--types', 'node', '--pretty', 'false']
      const { stdout } = await run(TSC, ['program.ts', ...options, '--module', module!, '--moduleResolution', moduleResolution!], {
        cwd: join(folder, 'project'),
      }).catch((error: { stdout: string }) => error)
      assert.equal(stdout, '')
    })
  }

  test('a package that exports routes, routers and representations can emit its declarations', async () => {
    const options = ['--declaration', '--emitDeclarationOnly', '--outDir', 'declarations', '--strict', '--target', 'es2023']
    const { stdout } = await run(TSC, ['library.ts', ...options, '--module', 'nodenext', '--types', 'node', '--pretty', 'false'], {
      cwd: join(folder, 'project'),
    }).catch((error: { stdout: string }) => error)
    assert.equal(stdout, '')
    const emitted = await readFile(join(folder, 'project/declarations/library.d.ts'), 'utf8')
    // A type that the package does not export would stand there by the path of its file.
    assert.deepEqual(emitted.match(/import\("[^"]*(?:dist|src)\/[^"]*"\)/g), null)
  })

  test('every export is there, and so is what its maps point at', async () => {
    const { exports } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as {
      exports: Record<string, string | Record<string, string>>
    }
    const files = Object.values(exports).flatMap((target) => (typeof target === 'string' ? [target] : Object.values(target)))
    for (const file of files) await access(join(installed, file))
    for (const map of (await readdir(join(installed, 'dist'), { recursive: true })).filter((name) => name.endsWith('.map'))) {
      const { sources } = JSON.parse(await readFile(join(installed, 'dist', map), 'utf8')) as { sources: string[] }
      for (const source of sources) await access(join(installed, 'dist', map, '..', source))
    }
  })

  test('no module imports TypeScript, and nothing but the package is in it', async () => {
    const files = await readdir(installed, { recursive: true })
    for (const file of files.filter((name) => name.endsWith('.js'))) {
      assert.doesNotMatch(await readFile(join(installed, file), 'utf8'), /from '\.[^']*\.ts'/, file)
    }
    const strangers = files.filter(
      (file) => !/^(?:(?:dist|src|docs)(?:$|\/)|package\.json$|README\.md$|LICENSE$|CHANGELOG\.md$)/.test(file),
    )
    assert.deepEqual(strangers, [])
  })
})
