/** `riposte check` on the command line: its exit codes, its reports, its files. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { runCommand } from '../../src/cli/command.ts'
import { startFixture } from '../check/fixture.ts'

const ROOT = join(import.meta.dirname, '../..')

const APP = `import { createApp } from '${join(ROOT, 'src/index.ts')}'
import { z } from 'zod'

const query = { name: z.string().min(1).max(40) }
const responses = { 200: z.object({ text: z.string() }) }
export const app = createApp({ title: 'Greetings', version: '1.0.0' })
app.get('/greeting', { query, responses }, ({ query: { name } }) => ({ text: 'Hello ' + name }))
export const broken = createApp({ title: 'Broken', version: '1.0.0', logger: { info() {}, warn() {}, error() {} } })
broken.get('/greeting', { query, responses }, ({ query: { name } }) => {
  if (name.length === 40) throw new Error('too long')
  return { text: 'Hello ' + name }
})
`

const check = (...args: string[]) => runCommand(['check', ...args, '--seed', '1', '--requests', '5'])

describe('riposte check', () => {
  let folder = ''
  const at = (name: string) => join(folder, name)

  before(async () => {
    folder = await mkdtemp(join(ROOT, 'test/.cli-'))
    await writeFile(at('app.ts'), APP)
  })
  after(() => rm(folder, { recursive: true }))

  test('an app that conforms to its document: exit code 0', async () => {
    const { text, exitCode } = await check(at('app.ts'))
    assert.match(text, /^Greetings at the app: 1 operation, \d+ requests, \d+\.\d s, seed 1\n\n0 causes$/)
    assert.equal(exitCode, 0)
  })

  test('an app that does not: exit code 1, and the smallest request that reproduces the failure', async () => {
    const { text, exitCode } = await check(`${at('app.ts')}#broken`)
    assert.match(text, /\n1 cause\n\n1\. GET \/greeting\n {3}expected no server error, got 500\n/)
    assert.match(text, /\n {3}curl -i 'http:\/\/localhost:8000\/greeting\?name=a{40}'\n {3}→ 500 application\/problem\+json /)
    assert.equal(exitCode, 1)
  })

  test('a server gets no unsafe request without --unsafe', async () => {
    await using fixture = await startFixture('long name fails')
    const { text, exitCode } = await check(fixture.url, '--operations', '* /items', '--timeout', '1')
    assert.match(text, /! Not tested, because the method may change data: allow it with --unsafe\n {4}POST \/items\n/)
    assert.equal(exitCode, 0)
    assert.equal((await check(fixture.url, '--operations', '* /items', '--unsafe')).exitCode, 1)
  })

  test('writes reports, a baseline that accepts the causes, and a test that reproduces them', async () => {
    const target = `${at('app.ts')}#broken`
    const reports = ['json', 'junit', 'html', 'github'].flatMap((kind) => ['--report', `${kind}=${at(kind)}`])
    const files = ['--write-baseline', at('known.json'), '--test-file', at('check.test.js')]
    const { text, exitCode } = await check(target, ...reports, ...files)
    assert.equal(exitCode, 1)
    assert.equal(text.split('\n').length, 4)
    const read = (name: string) => readFile(at(name), 'utf8')
    const { causes } = JSON.parse(await read('json')) as { causes: readonly { id: string; curl: readonly string[] }[] }
    assert.match(causes[0]!.curl[0]!, /^curl -i /)
    assert.match(
      await read('junit'),
      /<testsuite name="Broken" tests="1" failures="1"[^]*<failure type="server-error" message="expected no server error, got 500">curl/,
    )
    assert.match(await read('html'), /<p class="verdict bad">1 cause<\/p>/)
    assert.match(
      await read('github'),
      /^::error title=riposte check%3A server-error::GET \/greeting expected no server error, got 500 \(server-error-[\da-f]{8}\)$/m,
    )
    assert.match(await read('check.test.js'), /^test\("GET \/greeting server-error: expected no server error, got 500", async/m)
    const again = await check(target, '--baseline', at('known.json'))
    assert.match(again.text, /\n1 cause accepted by the baseline\n\n0 causes$/)
    assert.equal(again.exitCode, 0)
    const written = await read('known.json')
    await check(target, '--baseline', at('known.json'), '--write-baseline', at('known.json'))
    assert.equal(await read('known.json'), written, 'a known cause stays known')
    const known = JSON.parse(written) as { causes: { expires: string }[] }
    await writeFile(at('known.json'), JSON.stringify({ causes: known.causes.map((entry) => ({ ...entry, expires: '2020-01-01' })) }))
    const late = await check(target, '--baseline', at('known.json'))
    assert.match(late.text, /! The baseline entry server-error-[\da-f]{8} expired on 2020-01-01/)
    assert.equal(late.exitCode, 1)
  })

  const refused: Readonly<Record<string, { readonly args: readonly string[]; readonly exitCode: number; readonly text: RegExp }>> = {
    'no target': { args: [], exitCode: 2, text: /^Usage: riposte check <url \| module>/ },
    'an unknown flag': { args: ['http://localhost:1', '--fast'], exitCode: 2, text: /Unknown option '--fast'/ },
    'text that is not a number': {
      args: ['http://localhost:1', '--max-time', 'soon'],
      exitCode: 2,
      text: /^--max-time: expected a number, got other text\./,
    },
    'a header without a colon': { args: ['http://localhost:1', '--header', 'x'], exitCode: 2, text: /^--header: expected "Name: value"/ },
    'an unknown report': { args: ['http://localhost:1', '--report', 'pdf'], exitCode: 2, text: /^--report: expected pretty/ },
    'an unknown rule': {
      args: ['http://localhost:1', '--skip', 'all'],
      exitCode: 3,
      text: /^CHECK_OPTION: skip: expected a rule, one of document, /,
    },
    'another host': {
      args: ['http://example.com'],
      exitCode: 3,
      text: /^CHECK_HOST: example\.com: .* Allow it with --allow-host example\.com/,
    },
    'no server': {
      args: ['http://127.0.0.1:1'],
      exitCode: 3,
      text: /^CHECK_DOCUMENT: http:\/\/127\.0\.0\.1:1\/openapi\.json: .*got no response/,
    },
    'no document': {
      args: ['package.json', '--base', 'http://127.0.0.1:1'],
      exitCode: 3,
      text: /^CHECK_DOCUMENT: package\.json: expected OpenAPI 3\.0, 3\.1 or 3\.2, got no version/,
    },
    'no module': { args: ['missing.ts'], exitCode: 3, text: /^APP_MODULE: / },
  }
  for (const [name, { args, exitCode, text }] of Object.entries(refused)) {
    test(`${name}: exit code ${exitCode}`, async () => {
      const outcome = await runCommand(['check', ...args])
      assert.match(outcome.text, text)
      assert.equal(outcome.exitCode, exitCode)
    })
  }
})
