/** The FastAPI template example, asked over a connection for what the template's own tests ask for, and through a generated client. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { Example, type RunningExample } from './example.ts'
import { findRecommended } from './recommended.ts'

const run = promisify(execFile)
const example = new Example('fastapi-template')
const ADMIN = { email: 'admin@example.com', password: 'change this' }
const NOBODY = '123e4567-e89b-42d3-a456-426614174000'

interface User {
  readonly id: string
  readonly email: string
  readonly full_name: string | null
  readonly is_active: boolean
  readonly is_superuser: boolean
}

interface Item {
  readonly id: string
  readonly title: string
  readonly description: string | null
  readonly owner_id: string
}

/** The fields of every body that the API answers: one answer has some of them. */
interface Body extends User, Item {
  readonly access_token: string
  readonly token_type: string
  readonly message: string
  readonly detail: string
  readonly data: readonly (User & Item)[]
  readonly count: number
}

interface Answer {
  readonly status: number
  readonly body: Body
}

const detailOf = ({ status, body }: Answer) => [status, body.detail]

describe('the FastAPI template', { skip: example.skip }, () => {
  let app: RunningExample
  let admin: Client
  let ann: Client
  let created = 0

  /** Sends requests below /api/v1, with the token of one user. */
  class Client {
    readonly token: string | undefined

    constructor(token?: string) {
      this.token = token
    }

    async send(method: string, path: string, body?: unknown): Promise<Answer> {
      const response = await fetch(`${app.url}/api/v1${path}`, {
        method,
        headers: {
          ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      assert.doesNotMatch(text, /password_hash/)
      return { status: response.status, body: JSON.parse(text) as Body }
    }
  }

  async function logIn({ email, password }: { readonly email: string; readonly password: string }): Promise<Answer> {
    const response = await fetch(`${app.url}/api/v1/login/access-token`, {
      method: 'POST',
      body: new URLSearchParams({ username: email, password }),
    })
    return { status: response.status, body: (await response.json()) as Body }
  }

  const newAccount = () => ({ email: `user${++created}@example.com`, password: 'analytical engine', full_name: 'Ada' })

  async function createClient(account = newAccount()): Promise<Client> {
    const { status } = await new Client().send('POST', '/users/signup', account)
    assert.equal(status, 200)
    return new Client((await logIn(account)).body.access_token)
  }

  before(async () => {
    app = await example.start()
    admin = new Client((await logIn(ADMIN)).body.access_token)
    ann = await createClient()
  })
  after(() => app[Symbol.asyncDispose]())

  describe('login', () => {
    test('gives a token, which is good', async () => {
      const { status, body } = await logIn(ADMIN)
      assert.equal(status, 200)
      assert.equal(body.token_type, 'bearer')
      const tested = await new Client(body.access_token).send('POST', '/login/test-token')
      assert.equal(tested.body.email, ADMIN.email)
      assert.equal(tested.body.is_superuser, true)
    })

    test('says the same of a wrong password and of an unknown address', async () => {
      const expected = [400, 'Incorrect email or password']
      assert.deepEqual(detailOf(await logIn({ ...ADMIN, password: 'wrong' })), expected)
      assert.deepEqual(detailOf(await logIn({ email: 'nobody@example.com', password: 'wrong' })), expected)
    })

    test('refuses a user who is not active, also with a token from before', async () => {
      const account = newAccount()
      const user = await createClient(account)
      const { body } = await user.send('GET', '/users/me')
      assert.equal((await admin.send('PATCH', `/users/${body.id}`, { is_active: false })).status, 200)
      assert.deepEqual(detailOf(await logIn(account)), [400, 'Inactive user'])
      assert.deepEqual(detailOf(await user.send('GET', '/users/me')), [400, 'Inactive user'])
    })

    test('refuses a token that the app did not sign', async () => {
      const forged = new Client(`${admin.token!.slice(0, -6)}AAAAAA`)
      assert.deepEqual(detailOf(await forged.send('GET', '/users/me')), [403, 'Could not validate credentials'])
    })

    test('refuses the token of a user who was deleted', async () => {
      const user = await createClient()
      await user.send('DELETE', '/users/me')
      assert.deepEqual(detailOf(await user.send('GET', '/users/me')), [404, 'User not found'])
    })
  })

  describe('a forgotten password', () => {
    test('is recovered by a mail, and the answer does not tell who has an account', async () => {
      const account = newAccount()
      await createClient(account)
      const known = await new Client().send('POST', `/password-recovery/${account.email}`)
      assert.equal(known.status, 200)
      assert.deepEqual(await new Client().send('POST', '/password-recovery/nobody@example.com'), known)
      await app.waitFor(new RegExp(`Mail to ${account.email}: Template - Password recovery`))
      assert.doesNotMatch(app.printed, /Mail to nobody@example\.com/)
    })

    test('is reset once by the link of that mail', async () => {
      const account = newAccount()
      await createClient(account)
      const mail = await fetch(`${app.url}/api/v1/password-recovery-html-content/${account.email}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${admin.token}` },
      })
      assert.equal(mail.headers.get('subject'), 'Template - Password recovery')
      assert.match(mail.headers.get('content-type')!, /^text\/html/)
      const [, token] = /href="http:\/\/localhost:5173\/reset-password\?token=([^"]+)"/.exec(await mail.text())!
      const reset = { token, new_password: 'difference engine' }
      assert.equal((await new Client().send('POST', '/reset-password/', reset)).status, 200)
      assert.equal((await logIn(account)).status, 400)
      assert.equal((await logIn({ ...account, password: 'difference engine' })).status, 200)
      assert.deepEqual(detailOf(await new Client().send('POST', '/reset-password/', reset)), [400, 'Invalid token'])
    })

    test('is not reset by another token', async () => {
      for (const token of ['x', admin.token])
        assert.deepEqual(detailOf(await new Client().send('POST', '/reset-password/', { token, new_password: 'difference engine' })), [
          400,
          'Invalid token',
        ])
    })

    test('its mail is shown to superusers only', async () => {
      assert.equal((await ann.send('POST', `/password-recovery-html-content/${ADMIN.email}`)).status, 403)
      assert.equal((await admin.send('POST', '/password-recovery-html-content/nobody@example.com')).status, 404)
    })
  })

  describe('users', () => {
    test('sign up once per address', async () => {
      const account = newAccount()
      const { status, body } = await new Client().send('POST', '/users/signup', account)
      assert.equal(status, 200)
      assert.deepEqual([body.email, body.full_name, body.is_active, body.is_superuser], [account.email, 'Ada', true, false])
      assert.equal((await new Client().send('POST', '/users/signup', account)).status, 400)
    })

    test('cannot make themselves superusers when they sign up', async () => {
      const { body } = await new Client().send('POST', '/users/signup', { ...newAccount(), is_superuser: true })
      assert.equal(body.is_superuser, false)
    })

    test('are created by superusers, and get a mail', async () => {
      const account = { ...newAccount(), is_superuser: true }
      const { status, body } = await admin.send('POST', '/users/', account)
      assert.equal(status, 200)
      assert.equal(body.is_superuser, true)
      await app.waitFor(new RegExp(`Mail to ${account.email}: Template - New account`))
      assert.equal((await admin.send('POST', '/users/', account)).status, 400)
      assert.equal((await ann.send('POST', '/users/', newAccount())).status, 403)
    })

    test('are listed for superusers, part by part', async () => {
      await createClient()
      const { status, body } = await admin.send('GET', '/users/')
      assert.equal(status, 200)
      assert.equal(body.count, body.data.length)
      assert.ok(body.count > 2)
      const part = await admin.send('GET', '/users/?skip=1&limit=1')
      assert.deepEqual(part.body, { data: [body.data[1]], count: body.count })
      assert.equal((await admin.send('GET', '/users/?limit=0')).status, 422)
      assert.deepEqual(detailOf(await ann.send('GET', '/users/')), [403, 'Only superusers may do this'])
    })

    test('are read by superusers and by themselves', async () => {
      const { body } = await ann.send('GET', '/users/me')
      assert.deepEqual((await ann.send('GET', `/users/${body.id}`)).body, body)
      assert.deepEqual((await admin.send('GET', `/users/${body.id}`)).body, body)
      assert.equal((await admin.send('GET', `/users/${NOBODY}`)).status, 404)
      assert.equal((await ann.send('GET', `/users/${NOBODY}`)).status, 403)
      assert.equal((await admin.send('GET', '/users/7')).status, 422)
    })

    test('change their own name and address', async () => {
      const user = await createClient()
      const email = newAccount().email
      const { status, body } = await user.send('PATCH', '/users/me', { full_name: 'Ada King', email })
      assert.deepEqual([status, body.full_name, body.email], [200, 'Ada King', email])
      assert.deepEqual((await user.send('PATCH', '/users/me', {})).body, body)
      assert.deepEqual(detailOf(await user.send('PATCH', '/users/me', { email: ADMIN.email })), [409, 'Another user has this email'])
    })

    test('change their own password', async () => {
      const account = newAccount()
      const user = await createClient(account)
      const change = (current_password: string, new_password: string) =>
        user.send('PATCH', '/users/me/password', { current_password, new_password })
      assert.deepEqual(detailOf(await change('wrong', 'difference engine')), [400, 'Incorrect password'])
      assert.equal((await change(account.password, account.password)).status, 400)
      assert.equal((await change(account.password, 'short')).status, 422)
      assert.equal((await change(account.password, 'difference engine')).status, 200)
      assert.equal((await logIn({ ...account, password: 'difference engine' })).status, 200)
    })

    test('are changed by superusers', async () => {
      const account = newAccount()
      const user = await createClient(account)
      const { id } = (await user.send('GET', '/users/me')).body
      const { status, body } = await admin.send('PATCH', `/users/${id}`, { full_name: 'Ada King', password: 'difference engine' })
      assert.deepEqual([status, body.full_name], [200, 'Ada King'])
      assert.equal((await logIn({ ...account, password: 'difference engine' })).status, 200)
      assert.equal((await admin.send('PATCH', `/users/${NOBODY}`, { full_name: 'x' })).status, 404)
      assert.equal((await admin.send('PATCH', `/users/${id}`, { email: ADMIN.email })).status, 409)
      assert.equal((await user.send('PATCH', `/users/${id}`, { is_superuser: true })).status, 403)
    })

    test('delete themselves, unless they are superusers', async () => {
      const account = newAccount()
      const user = await createClient(account)
      assert.deepEqual((await user.send('DELETE', '/users/me')).body, { message: 'User deleted' })
      assert.equal((await logIn(account)).status, 400)
      assert.equal((await admin.send('DELETE', '/users/me')).status, 403)
    })

    test('are deleted by superusers, with their items', async () => {
      const user = await createClient()
      const { id } = (await user.send('GET', '/users/me')).body
      const item = (await user.send('POST', '/items/', { title: 'A chair' })).body
      assert.equal((await ann.send('DELETE', `/users/${id}`)).status, 403)
      assert.equal((await admin.send('DELETE', `/users/${id}`)).status, 200)
      assert.equal((await admin.send('GET', `/items/${item.id}`)).status, 404)
      assert.equal((await admin.send('DELETE', `/users/${id}`)).status, 404)
      const self = (await admin.send('GET', '/users/me')).body.id
      assert.equal((await admin.send('DELETE', `/users/${self}`)).status, 403)
    })
  })

  describe('items', () => {
    test('are created, read, changed and deleted by their owner', async () => {
      const user = await createClient()
      const owner_id = (await user.send('GET', '/users/me')).body.id
      const item = (await user.send('POST', '/items/', { title: 'A chair', description: 'Oak' })).body
      assert.deepEqual([item.title, item.description, item.owner_id], ['A chair', 'Oak', owner_id])
      assert.deepEqual((await user.send('GET', `/items/${item.id}`)).body, item)
      assert.equal((await user.send('PUT', `/items/${item.id}`, { description: null })).body.description, null)
      assert.deepEqual((await user.send('DELETE', `/items/${item.id}`)).body, { message: 'Item deleted' })
      for (const method of ['GET', 'PUT', 'DELETE'])
        assert.deepEqual(detailOf(await user.send(method, `/items/${item.id}`, method === 'PUT' ? {} : undefined)), [404, 'Item not found'])
    })

    test('are listed part by part: those of the user, all for a superuser', async () => {
      const user = await createClient()
      for (const title of ['A', 'B', 'C']) await user.send('POST', '/items/', { title })
      const { body } = await user.send('GET', '/items/?skip=1&limit=1')
      assert.equal(body.count, 3)
      assert.deepEqual(
        body.data.map(({ title }) => title),
        ['B'],
      )
      await ann.send('POST', '/items/', { title: 'Hers' })
      assert.ok((await admin.send('GET', '/items/')).body.data.some(({ title }) => title === 'Hers'))
      assert.equal((await user.send('GET', '/items/')).body.count, 3)
    })

    test('of others are for superusers only', async () => {
      const item = (await ann.send('POST', '/items/', { title: 'Hers' })).body
      const other = await createClient()
      for (const method of ['GET', 'PUT', 'DELETE'])
        assert.equal((await other.send(method, `/items/${item.id}`, method === 'PUT' ? { title: 'x' } : undefined)).status, 403)
      assert.equal((await admin.send('PUT', `/items/${item.id}`, { title: 'His' })).body.title, 'His')
    })

    test('a wrong body is refused in the form that FastAPI has', async () => {
      assert.deepEqual(await ann.send('POST', '/items/', { title: '' }), {
        status: 422,
        body: { detail: [{ loc: ['body', 'title'], msg: 'Too small: expected string to have >=1 characters', type: 'string_too_short' }] },
      })
    })
  })

  test('the health check and a test mail', async () => {
    assert.deepEqual(await new Client().send('GET', '/utils/health-check/'), { status: 200, body: true })
    assert.equal((await ann.send('POST', '/utils/test-email/?email_to=x@example.com')).status, 403)
    assert.equal((await admin.send('POST', '/utils/test-email/?email_to=x@example.com')).status, 201)
    await app.waitFor(/Mail to x@example\.com: Template - Test email/)
  })

  test('the private routes make users, on a local machine only', async () => {
    assert.equal((await new Client().send('POST', '/private/users/', newAccount())).status, 200)
    await using production = await example.start({ ENVIRONMENT: 'production', FIRST_SUPERUSER_PASSWORD: 'another password' })
    assert.equal((await fetch(`${production.url}/api/v1/private/users/`, { method: 'POST' })).status, 404)
  })

  test('production does not start with the default password', async () => {
    const refused = example.spawn({ ENVIRONMENT: 'production' })
    const [code] = (await once(refused, 'close')) as [number]
    assert.equal(code, 1)
  })

  const preflight = (origin: string) =>
    fetch(`${app.url}/api/v1/items/`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } })

  test('scripts of the frontend may call it with credentials, others may not', async () => {
    const { headers } = await preflight('http://localhost:5173')
    assert.equal(headers.get('access-control-allow-origin'), 'http://localhost:5173')
    assert.equal(headers.get('access-control-allow-credentials'), 'true')
    assert.equal((await preflight('http://evil.example')).headers.get('access-control-allow-origin'), null)
  })

  type Operation = { readonly operationId: string; readonly security?: readonly unknown[] }

  async function readOperations(): Promise<readonly (Operation & { readonly method: string; readonly path: string })[]> {
    const response = await fetch(`${app.url}/api/v1/openapi.json`)
    const { paths } = (await response.json()) as { paths: Record<string, Record<string, Operation>> }
    return Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ ...operation, method, path })),
    )
  }

  test('every guarded operation answers 401 without a token, whatever else is wrong', async () => {
    const operations = await readOperations()
    assert.equal(operations.length, 23)
    const guarded = operations.filter(({ security }) => security !== undefined)
    assert.equal(guarded.length, 17)
    for (const { method, path } of guarded) {
      const response = await fetch(app.url + path.replaceAll(/\{[^}]+\}/g, 'x'), { method: method.toUpperCase() })
      assert.equal(response.status, 401, `${method} ${path}`)
      assert.equal(response.headers.get('www-authenticate'), 'Bearer')
    }
  })

  test('its document has no findings', async () => {
    const findings = await findRecommended(await (await fetch(`${app.url}/api/v1/openapi.json`)).text())
    // The template's frontend asks for paths with a slash at their end.
    assert.deepEqual(
      findings.filter((finding) => !finding.startsWith('no-path-trailing-slash')),
      [],
    )
  })

  test('a generated client sends the token with every guarded operation', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'template-client-'))
    try {
      const generator = join(example.folder, 'node_modules/@hey-api/openapi-ts/bin/run.js')
      await run(
        process.execPath,
        [generator, '-i', `${app.url}/api/v1/openapi.json`, '-o', join(folder, 'client'), '--silent', '--no-log-file'],
        {
          cwd: example.folder,
        },
      )
      const sdk = await readFile(join(folder, 'client/sdk.gen.ts'), 'utf8')
      for (const { operationId, security } of await readOperations()) {
        const name = operationId.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())
        const [, call] = new RegExp(`export const ${name} = ([^]*?)\\n(?:export|$)`).exec(sdk) ?? []
        assert.ok(call !== undefined, `${operationId} is missing`)
        assert.equal(call.includes('security: ['), security !== undefined, operationId)
      }
      await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
      await writeFile(join(folder, 'use.ts'), USE_CLIENT)
      const { stdout } = await run(process.execPath, ['--import', import.meta.resolve('tsx'), join(folder, 'use.ts'), app.url])
      assert.deepEqual(JSON.parse(stdout), {
        refused: 401,
        email: ADMIN.email,
        title: 'From a client',
        count: 1,
        missing: 'Item not found',
      })
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('the commands of its README work', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'template-'))
    const script = await example.readScript(app.url)
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder })
    await rm(folder, { recursive: true })
    const expected = ['200', '200', '200', '200', '200', '401'].map((status) => `HTTP/1.1 ${status}`)
    assert.deepEqual(stdout.match(/HTTP\/1\.1 \d+/g), expected)
  })
})

/** What a frontend does with its generated client. */
const USE_CLIENT = `
import { client } from './client/client.gen'
import { createItem, loginAccessToken, readItem, readItems, readUserMe } from './client/sdk.gen'

let token: string | undefined
client.setConfig({ baseUrl: process.argv[2], auth: () => token })
const refused = await readUserMe()
const login = await loginAccessToken({ body: { username: 'admin@example.com', password: 'change this' } })
token = login.data!.access_token
const me = await readUserMe({ throwOnError: true })
const item = await createItem({ body: { title: 'From a client' }, throwOnError: true })
const list = await readItems({ query: { limit: 1 }, throwOnError: true })
const missing = await readItem({ path: { id: '${NOBODY}' } })
console.log(JSON.stringify({
  refused: refused.response!.status,
  email: me.data.email,
  title: item.data.title,
  count: list.data.data.length,
  missing: missing.error!.detail,
}))
`
