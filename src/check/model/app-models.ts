/** Decides with the models of a Riposte app whether a request is valid. Models have refinements, which JSON Schema cannot express. */
import { App } from '../../app.ts'
import { dependency, dependenciesInOrder } from '../../contract/dependency.ts'
import type { Route } from '../../routing/route.ts'
import { empty } from '../../representation/empty.ts'
import type { WireRequest } from '../send/wire.ts'

interface ModelVerdict {
  readonly isAccepted: boolean
  /** The places that the models refuse: `body.until`. */
  readonly places: readonly string[]
}

/** Returns `undefined` if the request matches no route of the app. */
export type ModelJudge = (wire: WireRequest) => Promise<ModelVerdict | undefined>

/** Builds an app that has the same inputs, and whose handlers do nothing. */
export function judgeByModels(routes: readonly Route[]): ModelJudge {
  const app = new App({ docsPath: false, openapiPath: false, logger: { info: ignore, warn: ignore, error: ignore } })
  for (const route of routes) app.add({ ...route, layers: [], contract: toInputs(route.contract), handler: () => undefined })
  return async ({ method, path, headers, body }) => {
    const init = {
      method,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
      body: (body ?? null) as Uint8Array<ArrayBuffer> | null,
    }
    const response = await app.fetch(new Request(`http://localhost${path}`, init))
    if (response.status === 204) return { isAccepted: true, places: [] }
    if (response.status === 404 || response.status === 405) return undefined
    const places = placesIn(await response.text())
    return { isAccepted: false, places: places.length === 0 && body !== undefined ? ['body'] : places }
  }
}

function ignore(): void {
  // This app only validates, so nothing is logged.
}

function toInputs({ params, query, headers, cookies, body, bodyLimitBytes, dependencies }: Route['contract']): Route['contract'] {
  const shapes = dependenciesInOrder(dependencies).map(({ options }) => ({
    params: options.params,
    query: options.query,
    headers: options.headers,
    cookies: options.cookies,
  }))
  const named = shapes.map((shape, index) => [`inputs${index}`, dependency(withoutUndefined(shape), () => undefined)] as const)
  return {
    ...withoutUndefined({ params, query, headers, cookies, body, bodyLimitBytes }),
    dependencies: Object.fromEntries(named),
    responses: { 204: empty() },
  } as Route['contract']
}

function withoutUndefined(record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))
}

/** The places of the errors in a problem body. Empty if it lists none, such as after a refusal by the `store` of a form, or for HEAD. */
function placesIn(text: string): readonly string[] {
  try {
    const { errors = [] } = JSON.parse(text) as { errors?: readonly { readonly loc: readonly (string | number)[] }[] }
    return errors.map(({ loc }) => loc.join('.'))
  } catch {
    return []
  }
}
