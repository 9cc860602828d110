/** Headers and cookies that any response of a route may have: the app, its routers, dependencies and middleware declare them. */
import { ContractError } from '../errors/framework-errors.ts'
import { parseSetCookie } from '../http/cookies.ts'
import { toCookies, type AnyCookie } from '../reply/cookie.ts'
import { compileField, type DeclaredField } from '../reply/field.ts'
import type { Reply } from '../reply/reply.ts'
import type { FieldRules } from '../reply/staged.ts'
import { ModelError } from '../schema/model-error.ts'
import type { AnyContract } from './contract.ts'
import type { DeclaredResponse } from './declared.ts'
import { dependenciesInOrder } from './dependency.ts'
import type { ResponseFields } from './responses.ts'

/** The fields that a route, its routers and its dependencies declare. */
export function declaredFields(contract: AnyContract): readonly ResponseFields[] {
  return [contract, ...dependenciesInOrder(contract.dependencies).map(({ options }) => options)]
}

/** A name may be declared several times: a value then fits at least one of its models. */
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

  /** What the response declares itself is checked there. Throws a `ContractError` where a field does not fit. */
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

/** A string is text already: the model reads it. */
function textOf(field: DeclaredField, value: unknown): string {
  if (typeof value !== 'string') return field.format(value) as string // where it is undefined, the list of headers refuses it
  field.assertText(value)
  return value
}

/** The result of the first step that does not throw; throws what the first one throws. */
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
