/** Writes failures as commands: curl lines, or a `node:test` file. */
import type { Cause } from './causes.ts'
import type { CheckResult } from './check.ts'
import type { Credentials, User, WireRequest } from './send/wire.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

/** The URL of the server and the names of the headers with credentials. For an app in this process, the URL is `http://localhost:8000`. */
export interface Origin {
  readonly url: string
  readonly credentials: Credentials
}

export function originOf({ target, credentials }: Pick<CheckResult, 'target' | 'credentials'>): Origin {
  return { url: target.startsWith('http') ? target : 'http://localhost:8000', credentials }
}

/** The environment variable that has the value of a header: `X-Key` → `X_KEY`, and `SECOND_X_KEY` for the second user. */
function variableOf(name: string, user: User): string {
  return `${user === 'second' ? 'SECOND_' : ''}${name.toUpperCase().replaceAll(/[^A-Z\d]/g, '_')}`
}

/** A curl line for a POSIX shell. `printf` writes binary content, and environment variables have the credentials. */
export function toCurl({ url, credentials }: Origin, wire: WireRequest): string {
  const { method, path, body } = wire
  const flags = method === 'GET' ? ['-i'] : method === 'HEAD' ? ['-I'] : ['-i', '-X', method]
  const head = headersOf(wire, credentials).flatMap((header) => ['-H', header])
  const text = body === undefined ? undefined : textOf(body)
  const data = body === undefined ? [] : text === undefined ? ['--data-binary', '@-'] : ['--data-binary', quote(text)]
  const command = ['curl', ...flags, ...head, ...data, quote(url + path)].join(' ')
  return body !== undefined && text === undefined
    ? `printf ${quote(Array.from(body, (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''))} | ${command}`
    : command
}

/** The headers of the request and those of its user, quoted for a shell. */
function headersOf({ headers, user = 'first', leftOut }: WireRequest, credentials: Credentials): readonly string[] {
  const shown = headers.filter(([name, value]) => !(name === 'accept' && value.endsWith('*/*')))
  const added = credentials[user].filter((name) => leftOut?.headers.includes(name.toLowerCase()) !== true)
  const cookie = added.find((name) => name.toLowerCase() === 'cookie')
  const cookies = cookie === undefined ? undefined : variableOf([cookie, ...withoutNames(leftOut?.cookies)].join('_'), user)
  const own = new Set(headers.map(([name]) => name))
  return [
    ...shown.map(([name, value]) =>
      // One header has the cookies of the request and those of the user.
      name === 'cookie' && cookies !== undefined ? `${quote(`${name}: ${value}; `)}"$${cookies}"` : quote(`${name}: ${value}`),
    ),
    ...added
      .filter((name) => !own.has(name.toLowerCase()))
      .map((name) => `"${name.toLowerCase()}: $${name === cookie ? cookies : variableOf(name, user)}"`),
  ]
}

/** `COOKIE_WITHOUT_SID` has the cookies of `COOKIE` except for `sid`. */
function withoutNames(cookies: readonly string[] = []): readonly string[] {
  return cookies.length === 0 ? [] : ['without', ...cookies]
}

function textOf(body: Uint8Array): string | undefined {
  try {
    const text = decoder.decode(body)
    return text.includes('\0') || text.startsWith('@') ? undefined : text
  } catch {
    return undefined
  }
}

function quote(text: string): string {
  return /^[\w./:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** Writes a `node:test` file. Each test checks an operation again with the same seed, and fails if the check finds the same cause. */
export function toTestFile(result: Pick<CheckResult, 'target' | 'seed' | 'causes' | 'credentials'>): string {
  const { seed, causes, credentials } = result
  const origin = originOf(result)
  return `/** Failures that \`riposte check\` found. Each test fails if the check finds the same cause again. BASE_URL is the URL of the server. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkContract } from 'riposte/check'

const BASE_URL = process.env.BASE_URL ?? ${JSON.stringify(origin.url)}
${toUser('headers', credentials, 'first')}${toUser('as', credentials, 'second')}
async function causesOf(operations) {
  const { causes } = await checkContract(BASE_URL, { operations, seed: ${seed}, unsafe: true${credentials.first.length > 0 ? ', headers' : ''}${credentials.second.length > 0 ? ', as' : ''} })
  return causes.map(({ id }) => id)
}
${causes.map((cause) => toTest(origin, cause)).join('')}`
}

/** The headers of a user, with values from environment variables. */
function toUser(name: string, credentials: Credentials, user: User): string {
  if (credentials[user].length === 0) return ''
  const headers = credentials[user].map((header) => `  ${JSON.stringify(header)}: process.env.${variableOf(header, user)},\n`)
  return `const ${name} = {\n${headers.join('')}}\n`
}

function toTest(origin: Origin, { id, rule, operation, operations, message, steps }: Cause): string {
  const lines = steps.map((step) => `// ${toCurl(origin, step).replaceAll('\n', ' ')}\n`)
  const wanted = operation === '' ? ['*'] : operations
  return `
${lines.join('')}test(${JSON.stringify(`${operation} ${rule}: ${message}`.trim())}, async () => {
  assert.ok(!(await causesOf(${JSON.stringify(wanted)})).includes(${JSON.stringify(id)}))
})
`
}
