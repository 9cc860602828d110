/** Routes → their places in a document: one path for all templates that OpenAPI takes as identical, one operation for each method. */
import type { Route } from '../routing/route.ts'
import { parseTemplate } from '../routing/template.ts'
import { DeclarationError } from '../schema/declaration-error.ts'

export interface PlacedRoute {
  readonly route: Route
  /** As it stands in the document. */
  readonly path: string
  /** The path's parameters as the document names them, by the names that the route has for them. */
  readonly pathNames: ReadonlyMap<string, string>
}

interface Place {
  readonly path: string
  readonly names: readonly string[]
  /** The route that has a method here: its path, and which paths it matches. */
  readonly takenBy: Map<string, { readonly path: string; readonly shape: string }>
}

/** Paths that differ only in the names of their parameters are one path, named as in the first route. */
export class Places {
  readonly #byShape = new Map<string, Place>()

  /** Throws a `DeclarationError` if another route is the same operation in the document. */
  take(route: Route): PlacedRoute {
    const { path, names, shape } = parseTemplate(route.path)
    // OpenAPI has no parameters that take slashes.
    const key = shape.replace('{+}', '{}')
    const place = this.#byShape.get(key) ?? { path, names, takenBy: new Map() }
    this.#byShape.set(key, place)
    const other = place.takenBy.get(route.method)
    // Two routes of one shape are a DUPLICATE_ROUTE, which the route table finds.
    if (other !== undefined && other.shape !== shape) {
      throw new DeclarationError(
        'DUPLICATE_OPERATION',
        `${route.method} ${route.path}`,
        `the document cannot tell it from ${route.method} ${other.path}`,
        'Keep one of them out of the document with inDocument: false',
      )
    }
    place.takenBy.set(route.method, { path: route.path, shape })
    return { route, path: place.path, pathNames: new Map(names.map((name, index) => [name, place.names[index]!])) }
  }
}
