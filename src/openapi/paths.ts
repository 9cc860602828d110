/** Routes → where they stand in a document: one path for all that OpenAPI holds for identical, one operation for each method. */
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

/** Paths that differ only in the names of their parameters are one: it is named as the first route names it. */
export function placeRoutes(routes: Iterable<Route>): readonly PlacedRoute[] {
  const byShape = new Map<string, { readonly path: string; readonly names: readonly string[]; readonly methods: Set<string> }>()
  return [...routes].map((route) => {
    const { path, names, shape } = parseTemplate(route.path)
    // OpenAPI does not know parameters that take slashes.
    const key = shape.replace('{+}', '{}')
    const place = byShape.get(key) ?? { path, names, methods: new Set() }
    byShape.set(key, place)
    if (place.methods.has(route.method)) {
      throw new DeclarationError(
        'DUPLICATE_OPERATION',
        `${route.method} ${route.path}`,
        `in the document it is the same as ${route.method} ${place.path}`,
        'Keep one of them out of it with inDocument: false',
      )
    }
    place.methods.add(route.method)
    return { route, path: place.path, pathNames: new Map(names.map((name, index) => [name, place.names[index]!])) }
  })
}
