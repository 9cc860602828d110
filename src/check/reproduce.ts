/** A failure as something to run: curl lines, or a `node:test` file. */
import type { Cause } from './causes.ts'
import type { CheckResult } from './check.ts'
import type { Credentials, User, WireRequest } from './send/wire.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

/** A server, and who asks it. An app in memory has no address: its curl lines are for the one that it is served at. */
export interface Origin {
  readonly url: string
  readonly credentials: Credentials
}

export function originOf({ target, credentials }: Pick<CheckResult, 'target' | 'credentials'>): Origin {
  return { url: target.startsWith('http') ? target : 'http://localhost:8000', credentials }
}

/** `X-Key` → `X_KEY`; of the second user `SECOND_X_KEY`: the variable of the environment that holds the value. */
function variableOf(name: string, user: User): string {
  return `${user === 'second' ? 'SECOND_' : ''}${name.toUpperCase().replaceAll(/[^A-Z\d]/g, '_')}`
}

/** For a POSIX shell. Binary content is written by `printf`, credentials are left to variables. */
export function toCurl({ url, credentials }: Origin, { method, path, headers, body, user = 'first' }: WireRequest): string {
  const flags = method === 'GET' ? ['-i'] : method === 'HEAD' ? ['-I'] : ['-i', '-X', method]
  const shown = headers.filter(([name, value]) => !(name === 'accept' && value.endsWith('*/*')))
  const added = credentials[user].filter((name) => !headers.some(([own]) => own === name.toLowerCase()))
  const head = [
    ...shown.flatMap(([name, value]) => ['-H', quote(`${name}: ${value}`)]),
    ...added.flatMap((name) => ['-H', `"${name.toLowerCase()}: $${variableOf(name, user)}"`]),
  ]
  const text = body === undefined ? undefined : textOf(body)
  const data = body === undefined ? [] : text === undefined ? ['--data-binary', '@-'] : ['--data-binary', quote(text)]
  const command = ['curl', ...flags, ...head, ...data, quote(url + path)].join(' ')
  return body !== undefined && text === undefined
    ? `printf ${quote(Array.from(body, (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''))} | ${command}`
    : command
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

/** A `node:test` file: each test checks the operation again with the seed that found the failure, and fails while the cause is there. */
export function toTestFile(result: Pick<CheckResult, 'target' | 'seed' | 'causes' | 'credentials'>): string {
  const { seed, causes, credentials } = result
  const origin = originOf(result)
  return `/** Failures that \`riposte check\` found, as tests: each fails while its cause is there. BASE_URL says where the server is. */
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

/** The credentials of a user come from the environment. */
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
