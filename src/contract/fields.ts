/** Declared header fields and cookies of one response: checked, formatted, and put onto the reply. */
import { formatSetCookie, parseSetCookie } from '../http/cookies.ts'
import { formatList, parseListValues } from '../http/list.ts'
import type { Reply } from '../reply/reply.ts'
import { ModelError } from '../schema/model-error.ts'
import { compileEncoder } from '../schema/encode.ts'
import type { AnySchema } from '../schema/schema.ts'
import { parseExactJSON } from '../schema/parse-json.ts'
import { compileTextReader } from '../schema/text.ts'
import type { DeclaredResponse } from './declared.ts'
import { StatusResult, type ReplyInit } from './result.ts'

/** Throws a `ModelError` that names the field. */
export type FieldWriter = (reply: Reply, init: ReplyInit | undefined) => void

interface DeclaredField {
  readonly name: string
  /** The field's value as text, or `undefined` where it may be missing and is. */
  readonly format: (value: unknown) => string | undefined
  /** For what stands there as text already, because it was staged. */
  readonly assertText: (text: string) => void
}

function compileField(name: string, schema: AnySchema): DeclaredField {
  const { filter, encodeText } = compileEncoder(schema)
  const { read } = compileTextReader(schema, { split: parseListValues })
  return {
    name,
    format(value) {
      try {
        return value === undefined && filter(undefined) === undefined ? undefined : toText(encodeText(value))
      } catch (error) {
        if (!(error instanceof ModelError)) throw error
        throw new ModelError([name, ...error.path], error.expected, error.received)
      }
    },
    assertText(text) {
      const result = read([text])
      if (result instanceof Promise || result.issues !== undefined)
        throw new ModelError([name], 'text that its model reads', 'another text')
    },
  }
}

/** Headers that any response may have, but need not. */
export interface OptionalFields {
  /** The result with their values as text. */
  format(result: StatusResult): StatusResult
  /** Throws a `ModelError` where one that is there does not fit. */
  assert(reply: Reply): void
}

export function compileOptionalFields(headers: DeclaredResponse['headers']): OptionalFields {
  const fields = new Map(Object.entries(headers).map(([name, schema]) => [name.toLowerCase(), compileField(name, schema)]))
  return {
    format(result) {
      const { status, value, init } = result
      if (fields.size === 0 || init?.headers === undefined) return result
      const texts = Object.entries(init.headers).map(([name, given]) => [name, fields.get(name.toLowerCase())?.format(given) ?? given])
      return new StatusResult(status, value, { ...init, headers: Object.fromEntries(texts) as Record<string, unknown> })
    },
    assert(reply) {
      for (const [name, { assertText }] of fields) {
        const text = reply.headers.get(name)
        if (text !== undefined) assertText(text)
      }
    },
  }
}

/** The value of a field is a text, a number, a date, or a list of them: JSON without its quotes and brackets. */
function toText(json: string): string {
  if (json.startsWith('"')) return JSON.parse(json) as string
  return json.startsWith('[') ? formatList((parseExactJSON(json) as unknown[]).map(String)) : json
}

const writers = new WeakMap<DeclaredResponse, FieldWriter>()

/** Compiled once for each response. */
export function compileFields(declared: DeclaredResponse): FieldWriter {
  let write = writers.get(declared)
  if (write === undefined) writers.set(declared, (write = createWriter(declared)))
  return write
}

function createWriter({ headers, cookies }: DeclaredResponse): FieldWriter {
  const fields = Object.entries(headers).map(([name, schema]) => compileField(name, schema))
  const ofCookies = new Map(Object.entries(cookies).map(([name, schema]) => [name, compileField(name, schema)]))
  const declared = new Set(fields.map(({ name }) => name.toLowerCase()))

  return (reply, init) => {
    if (init !== undefined) writeInit(reply, init)
    for (const field of fields) writeField(reply, field, init?.headers)
    if (ofCookies.size > 0) completeCookies(reply, ofCookies)
  }

  function writeInit(reply: Reply, init: ReplyInit): void {
    for (const [name, value] of Object.entries(init.headers ?? {})) {
      if (!declared.has(name.toLowerCase()) && value !== undefined) reply.headers.add(name, value as string)
    }
    for (const [name, cookie] of Object.entries(init.cookies ?? {})) {
      const { value, ...attributes } = typeof cookie === 'string' ? { value: cookie } : cookie
      const text = typeof value === 'string' ? value : (ofCookies.get(name)?.format(value) ?? value)
      reply.headers.append('set-cookie', formatSetCookie(name, text, attributes))
    }
  }
}

function writeField({ headers }: Reply, { name, format, assertText }: DeclaredField, given: ReplyInit['headers'] = {}): void {
  const value = findHeader(given, name)
  const standing = value === undefined ? headers.get(name) : undefined
  if (standing !== undefined) return assertText(standing)
  const text = format(value)
  if (text !== undefined) headers.add(name, text)
}

/** What stands there must fit, but for a cookie's end, which has no value; what does not is filled in where it has a default. */
function completeCookies({ headers }: Reply, declared: ReadonlyMap<string, DeclaredField>): void {
  const given = [...headers].filter(([name]) => name === 'set-cookie').map(([, line]) => parseSetCookie(line))
  for (const { name, value, isEnd } of given) if (!isEnd) declared.get(name)?.assertText(value)
  const names = new Set(given.map(({ name }) => name))
  for (const { name, format } of declared.values()) {
    const text = names.has(name) ? undefined : format(undefined)
    if (text !== undefined) headers.append('set-cookie', formatSetCookie(name, text))
  }
}

function findHeader(headers: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(headers, name)) return headers[name]
  const lower = name.toLowerCase()
  return Object.entries(headers).find(([key]) => key.toLowerCase() === lower)?.[1]
}
