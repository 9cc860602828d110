/** Assigns routes to the paths of a document. Templates that OpenAPI treats as identical share one path, which has one operation per method. */
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
