/** Declared header fields and cookies of one response: checked, formatted, and put onto the reply. */
import { formatSetCookie, parseSetCookie } from '../http/cookies.ts'
import type { AnyCookie } from '../reply/cookie.ts'
import { compileField, type DeclaredField } from '../reply/field.ts'
import type { Reply } from '../reply/reply.ts'
import type { AddedFields } from './added-fields.ts'
import type { DeclaredResponse } from './declared.ts'
import type { ReplyInit, SentCookie } from './result.ts'

/** Throws a `ModelError` that names the field, or a `ContractError` for one that all responses of the route may have. */
export type FieldWriter = (reply: Reply, init: ReplyInit | undefined, added: AddedFields) => void

const writers = new WeakMap<DeclaredResponse, FieldWriter>()

/** Compiled once for each response. */
export function compileFields(declared: DeclaredResponse): FieldWriter {
  let write = writers.get(declared)
  if (write === undefined) writers.set(declared, (write = createWriter(declared)))
  return write
}

function createWriter(response: DeclaredResponse): FieldWriter {
  const fields = Object.entries(response.headers).map(([name, schema]) => compileField(name, schema))
  const declared = new Set(fields.map(({ name }) => name.toLowerCase()))
  const cookies = Object.values(response.cookies)

  return (reply, init, added) => {
    if (init?.headers !== undefined) writeHeaders(reply, init.headers, added)
    if (init?.cookies !== undefined) writeCookies(reply, init.cookies, added)
    for (const field of fields) writeField(reply, field, init?.headers)
    if (cookies.length > 0) completeCookies(reply, cookies)
    added.assert(reply, response)
  }

  function writeHeaders(reply: Reply, given: NonNullable<ReplyInit['headers']>, added: AddedFields): void {
    for (const [name, value] of Object.entries(given)) {
      if (!declared.has(name.toLowerCase()) && value !== undefined) reply.headers.set(name, added.headerText(name, value))
    }
  }

  function writeCookies(reply: Reply, given: NonNullable<ReplyInit['cookies']>, added: AddedFields): void {
    for (const [name, sent] of Object.entries(given)) {
      if (sent === undefined) continue
      const { value, ...attributes } = isSentCookie(sent) ? sent : { value: sent }
      const cookie = Object.hasOwn(response.cookies, name) ? response.cookies[name]! : added.cookie(name)
      const text = cookie === undefined ? (value as string) : (cookie.field.format(value) ?? '')
      reply.headers.append('set-cookie', formatSetCookie(name, text, { ...cookie?.attributes, ...attributes }))
    }
  }
}

/** With attributes, and not a value such as a date. */
function isSentCookie(sent: unknown): sent is SentCookie {
  return typeof sent === 'object' && sent !== null && Object.getPrototypeOf(sent) === Object.prototype && 'value' in sent
}

function writeField({ headers }: Reply, { name, format, assertText }: DeclaredField, given: ReplyInit['headers'] = {}): void {
  const value = findHeader(given, name)
  const standing = value === undefined ? headers.get(name) : undefined
  if (standing !== undefined) return assertText(standing)
  const text = format(value)
  if (text !== undefined) headers.set(name, text)
}

/** A cookie that is set must fit; one that is deleted has no value. One that is missing is set where its model has a default. */
function completeCookies({ headers }: Reply, declared: readonly AnyCookie[]): void {
  const given = [...headers].filter(([name]) => name === 'set-cookie').map(([, line]) => parseSetCookie(line))
  for (const { name, attributes, field } of declared) {
    const own = given.filter((cookie) => cookie.name === name)
    for (const { value, isEnd } of own) if (!isEnd) field.assertText(value)
    const text = own.length > 0 ? undefined : field.format(undefined)
    if (text !== undefined) headers.append('set-cookie', formatSetCookie(name, text, attributes))
  }
}

function findHeader(headers: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(headers, name)) return headers[name]
  const lower = name.toLowerCase()
  return Object.entries(headers).find(([key]) => key.toLowerCase() === lower)?.[1]
}
