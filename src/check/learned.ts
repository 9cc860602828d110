/** Ids that responses contain. Requests with them reach existing resources. */
import type { Operation, Parameter } from './document/operation.ts'
import { isRecord } from './document/schema.ts'
import type { Candidate } from './generate/request.ts'
import { headerOf, isJSON, isSuccess, mediaTypeOf, parseJSON, textOf, type WireResponse } from './send/wire.ts'

const MOST_VALUES = 12

/** An id that a response contains, or that a deletion has made invalid. */
export interface Lesson {
  readonly place: string
  readonly value: unknown
  readonly isGone: boolean
}

export class Learned {
  /** Values by the path up to the parameter, and by the name of the parameter. */
  readonly #values = new Map<string, unknown[]>()
  readonly #operations: readonly Operation[]
  /** The path of a collection → the paths of its items with the name of the id: `/users` → `/users/{user_id}` → `user_id`. */
  readonly #items = new Map<string, Map<string, string>>()
  /** The names of path parameters other than `id`. */
  readonly #names: ReadonlySet<string>

  constructor(operations: readonly Operation[]) {
    this.#operations = operations
    const names = new Set<string>()
    for (const { path, parameters } of operations) {
      for (const { name, in: location } of parameters) {
        if (location !== 'path') continue
        if (name.toLowerCase() !== 'id') names.add(name)
        const at = path.indexOf(`/{${name}}`)
        if (at >= 0) this.#itemsOf(path.slice(0, at)).set(placeOf(path, name), name)
      }
    }
    this.#names = names
  }

  /** The values for a path parameter, newest first. */
  readonly for = (operation: Operation, parameter: Parameter): readonly unknown[] => {
    if (parameter.in !== 'path') return []
    return this.#values.get(placeOf(operation.path, parameter.name)) ?? this.#values.get(parameter.name) ?? []
  };

  /** The ids that a response contains. */
  *read({ operation, inputs }: Candidate, response: WireResponse): Generator<Lesson> {
    if (!isSuccess(response)) return
    if (operation.method === 'DELETE') {
      const name = /\{([^}]*)\}$/.exec(operation.path)?.[1]
      if (name !== undefined) yield { place: placeOf(operation.path, name), value: inputs.path[name], isGone: true }
      return
    }
    yield* this.#fromLocation(headerOf(response, 'location'))
    if (response.ending !== 'complete' || !isJSON(mediaTypeOf(response))) return
    const value = parseJSON(textOf(response))?.value
    yield* this.#byName(value, 0)
    for (const [place, name] of this.#itemsOf(operation.path.replace(/\/$/, '')))
      for (const id of findIds(value, name)) yield { place, value: id, isGone: false }
  }

  take({ place, value, isGone }: Lesson): void {
    const known = this.#values.get(place) ?? []
    const isKnown = known.some((each) => String(each) === String(value))
    if (isGone) this.#values.set(place, isKnown ? known.filter((each) => String(each) !== String(value)) : known)
    else if (!isKnown) this.#values.set(place, [value, ...known].slice(0, MOST_VALUES))
  }

  #itemsOf(collection: string): Map<string, string> {
    const known = this.#items.get(collection) ?? new Map<string, string>()
    this.#items.set(collection, known)
    return known
  }

  /** A `username` in any response may be a value for `/profiles/{username}`. An `id` may be that of any resource, so it is not used. */
  *#byName(value: unknown, depth: number): Generator<Lesson> {
    if (depth > MOST_DEPTH) return
    if (Array.isArray(value)) for (const item of (value as unknown[]).slice(0, MOST_VALUES)) yield* this.#byName(item, depth + 1)
    if (!isRecord(value)) return
    for (const [name, child] of Object.entries(value)) {
      if (typeof child === 'object') yield* this.#byName(child, depth + 1)
      else if (this.#names.has(name) && isId(child)) yield { place: name, value: child, isGone: false }
    }
  }

  /** `Location: /users/7` */
  *#fromLocation(location: string | undefined): Generator<Lesson> {
    if (location === undefined || !URL.canParse(location, 'http://localhost')) return
    const { pathname } = new URL(location, 'http://localhost')
    for (const { path, match } of this.#operations)
      for (const [name, value] of Object.entries(match(pathname) ?? {})) yield { place: placeOf(path, name), value, isGone: false }
  }
}

const MOST_DEPTH = 4

/** The path up to the parameter: `/users/{user_id}` for `user_id` of `/users/{user_id}/posts`. */
function placeOf(path: string, name: string): string {
  return path.slice(0, path.indexOf(`{${name}}`) + name.length + 2)
}

function isId(value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || typeof value === 'number'
}

/** The ids in an item, a list of items, or an object around either: the field `user_id`, else `id`. */
export function findIds(value: unknown, name: string): readonly unknown[] {
  const last = name.replace(/^.*[_-]/, '')
  const lastInCamelCase = name.replace(/^.*(?=(?:Id|ID|Slug|Name|Key)$)/, '').toLowerCase()
  const names = new Set([name, last, lastInCamelCase, 'id', '_id', 'uuid'])
  const ids: unknown[] = []
  const visit = (each: unknown, depth: number): void => {
    if (depth > 3 || ids.length >= MOST_VALUES) return
    if (Array.isArray(each)) for (const item of (each as unknown[]).slice(0, MOST_VALUES)) visit(item, depth + 1)
    if (!isRecord(each)) return
    const found = [...names].map((key) => each[key]).find(isId)
    if (found !== undefined) ids.push(found)
    else for (const child of Object.values(each)) visit(child, depth + 1)
  }
  visit(value, 0)
  return ids
}
