/** The texts that a request holds, by location and name. A location is taken apart when the first name of it is asked for. */
import { requestError } from '../errors/framework-errors.ts'
import { parseCookies } from '../http/cookies.ts'
import type { Incoming } from '../http/incoming.ts'
import { parseQuery } from '../http/query.ts'
import type { TextMap } from '../schema/text.ts'

export type LocationKey = 'params' | 'query' | 'headers' | 'cookies'

const NONE: readonly string[] = []

export class RequestTexts {
  readonly #incoming: Incoming
  readonly #params: Readonly<Record<string, string>>
  #query: ReadonlyMap<string, readonly string[]> | undefined = undefined
  #cookies: Readonly<Record<string, string | undefined>> | undefined = undefined

  constructor(incoming: Incoming, params: Readonly<Record<string, string>>) {
    this.#incoming = incoming
    this.#params = params
  }

  /** None, one, or several where the name was repeated. Throws a `RequestError` 400 for a query that is too long a list. */
  of(key: LocationKey, name: string): readonly string[] {
    switch (key) {
      case 'params':
        return oneOrNone(this.#params[name])
      case 'query':
        return this.#queryMap().get(name) ?? NONE
      case 'headers':
        return oneOrNone(this.#incoming.header(name.toLowerCase()))
      case 'cookies':
        return oneOrNone(this.#cookieMap()[name])
    }
  }

  /** All of a location, for a model that takes whatever names come. */
  all(key: LocationKey): TextMap {
    return { get: (name) => this.of(key, name), keys: () => this.#names(key) }
  }

  #names(key: LocationKey): Iterable<string> {
    switch (key) {
      case 'params':
        return Object.keys(this.#params)
      case 'query':
        return this.#queryMap().keys()
      case 'headers':
        return Array.from(this.#incoming.headers(), ([name]) => name)
      case 'cookies':
        return Object.keys(this.#cookieMap())
    }
  }

  #queryMap(): ReadonlyMap<string, readonly string[]> {
    this.#query ??= parseQuery(this.#incoming.search)
    if (this.#query === undefined) throw requestError(400, 'The query has too many parameters')
    return this.#query
  }

  #cookieMap(): Readonly<Record<string, string | undefined>> {
    return (this.#cookies ??= parseCookies(this.#incoming.header('cookie') ?? ''))
  }
}

function oneOrNone(text: string | undefined): readonly string[] {
  return text === undefined ? NONE : [text]
}
