/** Routes that share a prefix, tags, dependencies, responses and errors. */
import type { AnyContract } from '../contract/contract.ts'
import type { AnyDependency, ResolvedOf } from '../contract/dependency.ts'
import type { Dependencies } from '../contract/dependency.ts'
import type { Responses } from '../contract/responses.ts'
import type { AnyErrorClass } from '../errors/define-error.ts'
import type { ErrorBody } from '../representation/error-body.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { defineRoute, isRoute, type DefineRoute, type Method, type Route } from './route.ts'
import { parseTemplate } from './template.ts'

export interface RouterOptions<D extends Dependencies = Dependencies> {
  /** Before every path: `/users`. */
  readonly prefix?: string
  readonly tags?: readonly string[]
  /** Dependencies of every route; handlers find them under these names. */
  readonly dependencies?: D
  /** Responses of every route; a route's own win. */
  readonly responses?: Responses
  readonly errors?: readonly AnyErrorClass[]
  readonly errorBody?: ErrorBody
}

/** A route, a router of them, or a plain object of both. */
export type Routes = Route | Router | { readonly [name: string]: Routes }

export class Router<Shared = {}> {
  readonly kind = 'router'
  readonly routes: Route[] = []
  readonly get: DefineRoute<Shared> = this.#statement('GET')
  readonly post: DefineRoute<Shared> = this.#statement('POST')
  readonly put: DefineRoute<Shared> = this.#statement('PUT')
  readonly patch: DefineRoute<Shared> = this.#statement('PATCH')
  readonly delete: DefineRoute<Shared> = this.#statement('DELETE')
  readonly head: DefineRoute<Shared> = this.#statement('HEAD')
  readonly options: DefineRoute<Shared> = this.#statement('OPTIONS')
  readonly query: DefineRoute<Shared> = this.#statement('QUERY')
  readonly #shared: RouterOptions
  /** Of the routers that this one was added to: they take what is added to it later. */
  readonly #takers: Router<unknown>[] = []

  /** Throws a `DeclarationError` for a prefix that is not the beginning of a path. */
  constructor(shared: RouterOptions = {}) {
    assertPrefix(shared.prefix)
    this.#shared = shared
  }

  /** Adds routes that were made as values. What is added to a router later comes along. Throws a `DeclarationError` where a router would come into itself. */
  add(routes: Routes): this {
    for (const each of flatten(routes)) {
      if (isRoute(each)) this.#take(each)
      else each.#giveTo(this)
    }
    return this
  }

  /** Called for each route that joins, with what the router shares already merged in. */
  protected joined(_route: Route): void {}

  #take(route: Route): Route {
    const path = joinPath(this.#shared.prefix, route.path)
    const contract = mergeContract(this.#shared, route.contract, `${route.method} ${path}`)
    const joined: Route = { ...route, path, contract }
    this.joined(joined)
    this.routes.push(joined)
    for (const taker of this.#takers) taker.#take(joined)
    return joined
  }

  #giveTo(taker: Router<unknown>): void {
    if (taker.#givesTo(this))
      throw new DeclarationError(
        'ROUTER_CYCLE',
        `add(${this.#shared.prefix ?? ''})`,
        'a router would hold itself',
        'Add it to another router',
      )
    for (const route of this.routes) taker.#take(route)
    this.#takers.push(taker)
  }

  #givesTo(router: Router<unknown>): boolean {
    return router === this || this.#takers.some((taker) => taker.#givesTo(router))
  }

  #statement(method: Method): DefineRoute<Shared> {
    const define = defineRoute<Shared>(method)
    const take = (path: string, contract: unknown, handler: unknown) => this.#take(define(path, contract as never, handler as never)) // the statement's own type has tied the three together
    return take as DefineRoute<Shared>
  }
}

function assertPrefix(prefix = ''): void {
  if (prefix === '') return
  parseTemplate(prefix)
  if (prefix.endsWith('/'))
    throw new DeclarationError('PATH_TEMPLATE', prefix, 'a prefix ends with a slash, and each path begins with one', 'Leave it out')
}

function joinPath(prefix = '', path: string): string {
  if (prefix === '') return path
  parseTemplate(path)
  return path === '/' ? prefix : prefix + path
}

function mergeContract(shared: RouterOptions, contract: AnyContract, where: string): AnyContract {
  const errorBody = contract.errorBody ?? shared.errorBody
  return {
    ...contract,
    tags: [...(shared.tags ?? []), ...(contract.tags ?? [])],
    dependencies: mergeDependencies(shared.dependencies, contract.dependencies, where),
    responses: { ...shared.responses, ...contract.responses },
    errors: [...(shared.errors ?? []), ...(contract.errors ?? [])],
    ...(errorBody === undefined ? {} : { errorBody }),
  }
}

/** A guard of the router must not be lost because a route has another dependency of its name. */
function mergeDependencies(shared: Dependencies = {}, own: Dependencies = {}, where: string): Dependencies {
  for (const [name, dependency] of Object.entries(own)) {
    if (Object.hasOwn(shared, name) && shared[name] !== dependency) {
      throw new DeclarationError(
        'DEPENDENCY_NAME',
        `${where} dependencies.${name}`,
        'its router has another dependency of this name',
        'Give one of them another name',
      )
    }
  }
  return { ...shared, ...own }
}

/** A route takes the key under which it stands, where it has no name yet. */
function* flatten(routes: Routes, key?: string): Generator<Route | Router> {
  if (routes instanceof Router) yield routes
  else if (isRoute(routes)) yield key === undefined || routes.name !== undefined || !NAME.test(key) ? routes : { ...routes, name: key }
  else for (const [name, each] of Object.entries(routes)) yield* flatten(each, name)
}

/** A name in a program. Other keys, such as `0` or `GET /users`, name no operation. */
const NAME = /^[A-Za-z_$][\w$]*$/

/** Routers routes: `app.add(createRouter({ prefix: '/users', tags: ['users'] }))`. */
export function createRouter<D extends Readonly<Record<string, AnyDependency>> = {}>(
  options: RouterOptions<D> = {},
): Router<ResolvedOf<D>> {
  return new Router<ResolvedOf<D>>(options)
}
