/** A failure as something to run: curl lines, or a `node:test` file. */
import type { Cause } from './causes.ts'
import type { WireRequest } from './send/wire.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

/** For a POSIX shell. Binary content is written by `printf`. */
export function toCurl(base: string, { method, path, headers, body }: WireRequest): string {
  const flags = method === 'GET' ? ['-i'] : method === 'HEAD' ? ['-I'] : ['-i', '-X', method]
  const shown = headers.filter(([name, value]) => !(name === 'accept' && value.endsWith('*/*')))
  const head = shown.flatMap(([name, value]) => ['-H', quote(`${name}: ${value}`)])
  const text = body === undefined ? undefined : textOf(body)
  const data = body === undefined ? [] : text === undefined ? ['--data-binary', '@-'] : ['--data-binary', quote(text)]
  const command = ['curl', ...flags, ...head, ...data, quote(base + path)].join(' ')
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
export function toTestFile({
  target,
  seed,
  causes,
}: {
  readonly target: string
  readonly seed: number
  readonly causes: readonly Cause[]
}): string {
  return `/** Failures that \`riposte check\` found, as tests: each fails while its cause is there. BASE_URL says where the server is. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkContract } from 'riposte/check'

const BASE_URL = process.env.BASE_URL ?? ${JSON.stringify(target)}

async function causesOf(operations) {
  const { causes } = await checkContract(BASE_URL, { operations, seed: ${seed}, unsafe: true })
  return causes.map(({ id }) => id)
}
${causes.map((cause) => toTest(target, cause)).join('')}`
}

function toTest(target: string, { id, rule, operation, operations, message, steps }: Cause): string {
  const lines = steps.map((step) => `// ${toCurl(target, step).replaceAll('\n', ' ')}\n`)
  const wanted = operation === '' ? ['*'] : operations
  return `
${lines.join('')}test(${JSON.stringify(`${operation} ${rule}: ${message}`.trim())}, async () => {
  assert.ok(!(await causesOf(${JSON.stringify(wanted)})).includes(${JSON.stringify(id)}))
})
`
}
