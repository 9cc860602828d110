/** The example app as a stranger meets it: started from nothing, asked with the lines of its README, stopped by a signal. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { Example, type RunningExample } from './example.ts'
import { findRecommended, OF_THE_AUTHOR } from './recommended.ts'

const run = promisify(execFile)
const example = new Example('users')

describe('the users example', { skip: example.skip }, () => {
  let data: string
  let app: RunningExample

  before(async () => {
    data = join(await mkdtemp(join(tmpdir(), 'users-')), 'data')
    app = await example.start({ DATA_DIR: data })
  })

  after(async () => {
    await app[Symbol.asyncDispose]()
    await rm(join(data, '..'), { recursive: true, force: true })
  })

  const ask = async (path: string, init?: RequestInit) => {
    const response = await fetch(app.url + path, init)
    return { response, body: (await response.json()) as Record<string, unknown> }
  }

  const send = (subject: string) =>
    ask('/send-email', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ to: 'ada@example.com', subject, body: '…' }),
    })

  test('the first start says what it makes and where to look', () => {
    assert.match(app.printed, /First start/)
    assert.match(app.printed, /\/docs/)
  })

  test('a row leaves filtered, a page of a query is counted', async () => {
    assert.deepEqual(Object.keys((await ask('/users/1')).body), ['id', 'email', 'name', 'created_at'])
    const { items, ...page } = (await ask('/users?page=3&size=20')).body
    assert.deepEqual([page, (items as unknown[]).length], [{ total: 45, page: 3, size: 20, pages: 3 }, 5])
  })

  test('the lines of its README work', async () => {
    const lines = await example.readCommands(app.url)
    assert.ok(lines.length > 10)
    for (const line of lines) {
      const isStream = line.startsWith('curl -N')
      const command = isStream ? `timeout 2 ${line} || [ $? = 124 ]` : line
      const { stdout } = await run('bash', ['-o', 'pipefail', '-c', command], { cwd: join(data, '..') })
      assert.match(stdout, isStream ? /^data: 9?\d$/m : line.includes(' -i ') ? /^HTTP\/1\.1 [234]/ : /^\d+,/, line)
    }
  })

  test('an address is taken once, and nothing of a password is told', async () => {
    const body = JSON.stringify({ email: 'bob@example.com', name: 'Bob', password: 'a long password' })
    const create = () => ask('/users', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const created = await create()
    assert.equal(created.response.status, 201)
    const again = await create()
    assert.deepEqual([again.response.status, again.body['code']], [409, 'EMAIL_TAKEN'])
    const { body: user } = await ask(`/users/${String(created.body['id'])}`)
    assert.doesNotMatch(JSON.stringify(user), /password/)
  })

  test('a page of another site cannot use the session of a browser', async () => {
    for (const [site, status] of [
      ['cross-site', 403],
      ['same-origin', 200],
    ] as const) {
      const { response } = await ask('/logout', { method: 'POST', headers: { 'sec-fetch-site': site } })
      assert.deepEqual([response.status, response.headers.get('x-frame-options')], [status, 'DENY'], site)
    }
  })

  test('mail that was accepted survives a kill before it is sent', async () => {
    const { response } = await send('Hello')
    assert.deepEqual([response.status, response.headers.get('location')?.startsWith('/jobs/')], [202, true])
    await app.waitFor(/Mail to ada@example.com: Hello \(1 characters\)/)
    await send('Before the kill')
    await app[Symbol.asyncDispose]()
    assert.doesNotMatch(app.printed, /Before the kill/)
    app = await example.start({ DATA_DIR: data })
    await app.waitFor(/Mail to ada@example.com: Before the kill \(1 characters\)/)
  })

  test('a second process is refused the folder, in a sentence', async () => {
    const second = example.spawn({ DATA_DIR: data })
    let error = ''
    second.stderr!.setEncoding('utf8').on('data', (text: string) => (error += text))
    const [code] = (await once(second, 'close')) as [number]
    assert.equal(code, 1)
    assert.match(error, /^The app can't start: .* is in use by process \d+\. Stop that process or set DATA_DIR to another folder\.\n$/)
  })

  test('its document has no findings', async () => {
    const source = await (await fetch(`${app.url}/openapi.json`)).text()
    assert.deepEqual(await findRecommended(source, OF_THE_AUTHOR['users']), [])
  })

  test('a signal stops it cleanly', async () => {
    assert.deepEqual(await app.stop(), [0, null])
    assert.ok(!(await readdir(data)).includes('process.lock'))
  })
})
