/** Ids that answers have shown: with them, requests reach what is there. */
import type { Operation, Parameter } from './document/operation.ts'
import { isRecord } from './document/schema.ts'
import type { Candidate } from './generate/candidate.ts'
import { headerOf, isJSON, isSuccess, mediaTypeOf, parseJSON, textOf, type Answer } from './send/wire.ts'

const MOST_VALUES = 12

/** `/users/{user_id}` for the parameter of `/users/{user_id}/posts`. */
function placeOf(path: string, name: string): string {
  return path.slice(0, path.indexOf(`{${name}}`) + name.length + 2)
}

export class Learned {
  /** By the path up to the parameter. */
  readonly #values = new Map<string, unknown[]>()
  readonly #operations: readonly Operation[]

  /** Names of path parameters that say what they are. */
  readonly #names: readonly string[]

  constructor(operations: readonly Operation[]) {
    this.#operations = operations
    const names = operations.flatMap(({ parameters }) => parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name))
    this.#names = [...new Set(names)].filter((name) => name.toLowerCase() !== 'id')
  }

  /** Newest first. */
  readonly for = (operation: Operation, parameter: Parameter): readonly unknown[] => {
    if (parameter.in !== 'path') return []
    return this.#values.get(placeOf(operation.path, parameter.name)) ?? this.#values.get(parameter.name) ?? []
  }

  take({ operation, inputs }: Candidate, answer: Answer): void {
    if (!isSuccess(answer)) return
    if (operation.method === 'DELETE') {
      this.#forget(operation, inputs.path)
      return
    }
    this.#takeLocation(headerOf(answer, 'location'))
    if (answer.ending !== 'complete' || !isJSON(mediaTypeOf(answer))) return
    const value = parseJSON(textOf(answer))?.value
    this.#takeByName(value)
    for (const { path, parameters } of this.#operations) {
      if (!path.startsWith(`${operation.path.replace(/\/$/, '')}/{`)) continue
      const name = /^\{([^}]*)\}/.exec(path.slice(operation.path.replace(/\/$/, '').length + 1))?.[1]
      if (name === undefined || !parameters.some((parameter) => parameter.in === 'path' && parameter.name === name)) continue
      for (const id of findIds(value, name)) this.#add(placeOf(path, name), id)
    }
  }

  /** A `username` in any answer may be that of `/profiles/{username}`. An `id` may be that of anything. */
  #takeByName(value: unknown): void {
    for (const name of this.#names) for (const found of valuesOf(value, name)) this.#add(name, found)
  }

  /** `Location: /users/7` */
  #takeLocation(location: string | undefined): void {
    if (location === undefined || !URL.canParse(location, 'http://localhost')) return
    const { pathname } = new URL(location, 'http://localhost')
    for (const { path, basePath } of this.#operations) {
      const values = matchPath(`${basePath}${path}`, pathname)
      for (const [name, value] of Object.entries(values ?? {})) this.#add(placeOf(path, name), value)
    }
  }

  #add(place: string, value: unknown): void {
    const known = this.#values.get(place) ?? []
    if (known.some((each) => String(each) === String(value))) return
    this.#values.set(place, [value, ...known].slice(0, MOST_VALUES))
  }

  #forget({ path }: Operation, values: Readonly<Record<string, unknown>>): void {
    const name = /\{([^}]*)\}$/.exec(path)?.[1]
    if (name === undefined) return
    const known = this.#values.get(placeOf(path, name)) ?? []
    this.#values.set(
      placeOf(path, name),
      known.filter((each) => String(each) !== String(values[name])),
    )
  }
}

/** The values of a path that a template matches. */
export function matchPath(template: string, path: string): Readonly<Record<string, string>> | undefined {
  const names: string[] = []
  const pattern = template.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`).replaceAll(/\{([^}]*)\}/g, (_, name: string) => {
    names.push(name)
    return '([^/]+)'
  })
  const match = new RegExp(`^${pattern}$`).exec(path)
  return match === null ? undefined : Object.fromEntries(names.map((name, index) => [name, decode(match[index + 1]!)]))
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** All values of the name, at any depth. */
function valuesOf(value: unknown, name: string, depth = 0): readonly unknown[] {
  if (depth > 4 || typeof value !== 'object' || value === null) return []
  const children = (Array.isArray(value) ? (value as unknown[]).slice(0, MOST_VALUES) : Object.values(value)) as readonly unknown[]
  const own = isRecord(value) ? value[name] : undefined
  const isText = (typeof own === 'string' && own !== '') || typeof own === 'number'
  return [...(isText ? [own] : []), ...children.flatMap((child) => valuesOf(child, name, depth + 1))]
}

/** In an item, a list of items, or an envelope of either: `user_id`, else `id`. */
export function findIds(value: unknown, name: string): readonly unknown[] {
  const last = name.replace(/^.*[_-]/, '')
  const lastInCamelCase = name.replace(/^.*(?=(?:Id|ID|Slug|Name|Key)$)/, '').toLowerCase()
  const names = new Set([name, last, lastInCamelCase, 'id', '_id', 'uuid'])
  const ids: unknown[] = []
  const visit = (each: unknown, depth: number): void => {
    if (depth > 3 || ids.length >= MOST_VALUES) return
    if (Array.isArray(each)) for (const item of (each as unknown[]).slice(0, MOST_VALUES)) visit(item, depth + 1)
    if (!isRecord(each)) return
    const found = [...names].map((key) => each[key]).find((id) => typeof id === 'string' || typeof id === 'number')
    if (found !== undefined && found !== '') ids.push(found)
    else for (const child of Object.values(each)) visit(child, depth + 1)
  }
  visit(value, 0)
  return ids
}
