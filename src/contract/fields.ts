/** Checks, formats and sets the declared headers and cookies: those of one response, and those that any response of a route may have. */
import { formatSetCookie, parseSetCookie } from '../http/cookies.ts'
import { type AnyCookie, toCookies, compileField, type DeclaredField } from '../reply/field.ts'
import type { Reply } from '../reply/reply.ts'
import type { DeclaredResponse } from './declared.ts'
import type { ReplyInit, SentCookie } from './result.ts'
import { ContractError } from '../errors/framework-errors.ts'
import type { FieldRules } from '../reply/staged.ts'
import { ModelError } from '../schema/model-error.ts'
import type { AnyContract } from './contract.ts'
import { dependenciesInOrder } from './dependency.ts'
import type { ResponseFields } from './responses.ts'

/** The fields that a route, its routers and its dependencies declare. */
export function declaredFields(contract: AnyContract): readonly ResponseFields[] {
  return [contract, ...dependenciesInOrder(contract.dependencies).map(({ options }) => options)]
}

/** Headers and cookies that any response may have. A name may be declared several times: a value must fit at least one of its models. */
export class AddedFields implements FieldRules {
  readonly #where: string
  readonly #headers = new Map<string, DeclaredField[]>()
  readonly #cookies = new Map<string, AnyCookie[]>()

  /** `where` names the route in messages: `GET /users/{user_id}`. */
  constructor(declarations: readonly ResponseFields[], where: string) {
    this.#where = where
    for (const { responseHeaders = {}, responseCookies = {} } of declarations) {
      for (const [name, model] of Object.entries(responseHeaders)) push(this.#headers, name.toLowerCase(), compileField(name, model))
      const cookies = toCookies(responseCookies, `${where} responseCookies`)
      for (const cookie of Object.values(cookies)) push(this.#cookies, cookie.name, cookie)
    }
  }

  headerText(name: string, value: unknown): string {
    const fields = this.#headers.get(name.toLowerCase())
    return fields === undefined ? (value as string) : this.#report(() => firstThat(fields, (field) => textOf(field, value)))
  }

  cookie(name: string): AnyCookie | undefined {
    return this.#cookies.get(name)?.[0]
  }

  cookieText(cookie: AnyCookie, value: unknown): string {
    return this.#report(() => cookie.field.format(value) ?? '')
  }

  /** Throws a `ContractError` if a field does not fit. Skips fields that the response `own` declares itself: `createWriter` checks those. */
  assert(reply: Reply, own?: DeclaredResponse): void {
    if (this.#headers.size > 0) this.#assertHeaders(reply, new Set(Object.keys(own?.headers ?? {}).map((name) => name.toLowerCase())))
    if (this.#cookies.size > 0) this.#assertCookies(reply, own?.cookies ?? {})
  }

  #assertHeaders({ headers }: Reply, own: ReadonlySet<string>): void {
    for (const [name, fields] of this.#headers) {
      const text = own.has(name) ? undefined : headers.get(name)
      if (text !== undefined) this.#report(() => firstThat(fields, (field) => field.assertText(text)))
    }
  }

  #assertCookies({ headers }: Reply, own: object): void {
    for (const [field, line] of headers) {
      if (field !== 'set-cookie') continue
      const { name, value, isEnd } = parseSetCookie(line)
      const cookies = isEnd || Object.hasOwn(own, name) ? undefined : this.#cookies.get(name)
      if (cookies !== undefined) this.#report(() => firstThat(cookies, (cookie) => cookie.field.assertText(value)))
    }
  }

  #report<Result>(step: () => Result): Result {
    try {
      return step()
    } catch (error) {
      if (error instanceof ModelError) throw new ContractError(`RESPONSE_BREACH: ${this.#where}: ${error.message}`, { cause: error })
      throw error
    }
  }
}

export const NO_FIELDS = new AddedFields([], 'response')

export function compileAddedFields(declarations: readonly ResponseFields[], where: string): AddedFields {
  const declared = declarations.filter(
    ({ responseHeaders, responseCookies }) => Object.keys({ ...responseHeaders, ...responseCookies }).length > 0,
  )
  return declared.length === 0 ? NO_FIELDS : new AddedFields(declared, where)
}

/** Formats a value as text. A string counts as formatted already, and its model reads it. */
function textOf(field: DeclaredField, value: unknown): string {
  if (typeof value !== 'string') return field.format(value) as string // if it is undefined, `HeaderList` throws
  field.assertText(value)
  return value
}

/** The first result that is not an error. If all fail, throws the error of the last. */
function firstThat<Item, Result>([first, ...others]: readonly Item[], step: (item: Item) => Result): Result {
  try {
    return step(first!)
  } catch (error) {
    if (others.length === 0) throw error
    return firstThat(others, step)
  }
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const values = map.get(key)
  if (values === undefined) map.set(key, [value])
  else values.push(value)
}

/** Throws a `ModelError` that names the field, or a `ContractError` for a field that any response of the route may have. */
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

/** Whether it is a value with attributes. A value such as a `Date` is not a plain object. */
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

/** Checks the value of each cookie that is set, and sets a missing one if its model has a default. */
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
