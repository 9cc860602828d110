/** Assigns what identifies an operation in a document: its path and method, and its id. Both are unique. */
import type { Route } from '../routing/route.ts'
import { parseTemplate } from '../routing/template.ts'
import { DeclarationError } from '../schema/declaration-error.ts'

export interface PlacedRoute {
  readonly route: Route
  /** The path in the document. */
  readonly path: string
  /** The names of the path parameters in the document, by their names in the route. */
  readonly pathNames: ReadonlyMap<string, string>
}

interface Place {
  readonly path: string
  readonly names: readonly string[]
  /** By method: the path of the route that uses it, and the shape of that path. */
  readonly takenBy: Map<string, { readonly path: string; readonly shape: string }>
}

/** Paths that differ only in the names of their parameters share one path, with the names of the first route. */
export class Places {
  readonly #byShape = new Map<string, Place>()

  /** Throws a `DeclarationError` if another route has the same method and path in the document. */
  take(route: Route): PlacedRoute {
    const { path, names, shape } = parseTemplate(route.path)
    // OpenAPI has no path parameters that match slashes.
    const key = shape.replace('{+}', '{}')
    const place = this.#byShape.get(key) ?? { path, names, takenBy: new Map() }
    this.#byShape.set(key, place)
    const other = place.takenBy.get(route.method)
    // The route table reports two routes with the same shape as DUPLICATE_ROUTE.
    if (other !== undefined && other.shape !== shape) {
      throw new DeclarationError(
        'DUPLICATE_OPERATION',
        `${route.method} ${route.path}`,
        `OpenAPI does not distinguish it from ${route.method} ${other.path}`,
        'Exclude one of them from the document with inDocument: false',
      )
    }
    place.takenBy.set(route.method, { path: route.path, shape })
    return { route, path: place.path, pathNames: new Map(names.map((name, index) => [name, place.names[index]!])) }
  }
}

interface Identified {
  readonly method: string
  readonly path: string
  readonly operationId?: string | undefined
  /** The key with which the route was added. */
  readonly name?: string | undefined
}

/** The operation ids that routes declare. */
export class DeclaredIds {
  readonly #routes = new Map<string, string>()

  /** Throws a `DeclarationError` if another route has the same id. */
  take({ method, path, operationId }: Identified): void {
    if (operationId === undefined) return
    const other = this.#routes.get(operationId)
    if (other !== undefined) {
      throw new DeclarationError(
        'DUPLICATE_OPERATION',
        `${method} ${path}`,
        `the operationId ${operationId} is already used by ${other}`,
        'Give one of them another operationId',
      )
    }
    this.#routes.set(operationId, `${method} ${path}`)
  }

  has(id: string): boolean {
    return this.#routes.has(id)
  }
}

/** Returns the ids in the order of the routes: the declared id, or the route's name, or one generated from method and path. */
export function toOperationIds(routes: readonly Identified[]): readonly string[] {
  const declared = new DeclaredIds()
  for (const route of routes) declared.take(route)
  const taken = new Set<string>()
  const free = (name: string): string => {
    let id = name
    for (let number = 2; declared.has(id) || taken.has(id); number += 1) id = `${name}${number}`
    taken.add(id)
    return id
  }
  // Names of routes are assigned first, so that no generated id takes one.
  const ids = routes.map(({ name, operationId }) => operationId ?? (name === undefined ? undefined : free(name)))
  return routes.map((route, index) => ids[index] ?? free(toId(route)))
}

/** `listUsers` → `List users` */
export function toSummary(name: string): string {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .split(/[\s_$]+/)
    .map((word) => (/^[A-Z]{2,}s?\d*$/.test(word) ? word : word.toLowerCase()))
  const text = words.join(' ').trim()
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** `GET /users/{user_id}/orders` → `getUsersByUserIdOrders`, `GET /` → `getRoot` */
function toId({ method, path }: Identified): string {
  const segments = path.split('/').filter((segment) => segment !== '')
  const words = segments.map((segment) => (segment.startsWith('{') ? `by ${segment}` : segment)).join(' ')
  return method.toLowerCase() + toPascalCase(segments.length === 0 ? 'root' : words)
}

export function toPascalCase(text: string): string {
  return text
    .replaceAll("'", '')
    .split(/[^A-Za-z\d]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}
