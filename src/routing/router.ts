/** Routes that share a prefix, tags, dependencies, responses and errors. */
import type { AnyContract } from '../contract/contract.ts'
import { toDeclaredResponses } from '../contract/declared.ts'
import type { AnyDependency, ResolvedOf } from '../contract/dependency.ts'
import type { Dependencies } from '../contract/dependency.ts'
import { placeOf, type Middleware } from '../contract/middleware.ts'
import type { FieldModels, ResponseFields, Responses } from '../contract/responses.ts'
import type { AnyErrorClass } from '../errors/define-error.ts'
import type { ErrorBody } from '../representation/error-body.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import {
  defineRoute,
  isRoute,
  type DefineRoute,
  type MergedResponses,
  type Method,
  type NothingShared,
  type Route,
  type Sharing,
} from './route.ts'
import { mountRoutes, type FetchHandler, type MountOptions } from './mount.ts'
import { parseTemplate } from './template.ts'

export interface RouterOptions<
  Prefix extends string = string,
  D extends Dependencies = Dependencies,
  R extends Responses = Responses,
  E extends AnyErrorClass = AnyErrorClass,
  SH extends FieldModels = FieldModels,
  SK extends FieldModels = FieldModels,
> extends ResponseFields<SH, SK> {
  /** The prefix of every path, such as `/users`. Default: none. */
  readonly prefix?: Prefix
  /** Default: none. */
  readonly tags?: readonly string[]
  /** Dependencies of every route, which run before the route's own; handlers find them under these names. Default: none. */
  readonly dependencies?: D
  /** Scopes that every route requires, checked by a dependency with `security`. Default: none. */
  readonly scopes?: readonly string[]
  /** Responses of every route; a route's own win. Default: none. */
  readonly responses?: R
  /** Errors that every route may throw. Default: none. */
  readonly errors?: readonly E[]
  /** The format of errors of routes that do not set their own. Default: the parent's, then the app's. */
  readonly errorBody?: ErrorBody
}

/** What a router with these options shares with its routes, inside a router that shares `S`. */
export type SharedBy<S extends Sharing, Prefix extends string, D, R extends Responses, E extends AnyErrorClass, SH, SK> = {
  readonly prefix: `${S['prefix']}${Prefix}`
  readonly values: S['values'] & ResolvedOf<D>
  readonly responses: MergedResponses<S['responses'], R>
  readonly errors: S['errors'] | E
  readonly responseHeaders: S['responseHeaders'] & SH
  readonly responseCookies: S['responseCookies'] & SK
}

/** Any router, whatever it shares. */
export interface AnyRouter {
  readonly kind: 'router'
  readonly routes: readonly Route[]
}

/** A router of any types. */
type AnyTaker = Router<any> // oxlint-disable-line typescript/no-explicit-any -- what it shares stands in parameter positions

/** A route, a router of them, or a plain object of both. */
export type Routes = Route | AnyRouter | { readonly [name: string]: Routes }

/** What `createRouter()` makes: routes that share a prefix, dependencies, responses, errors and middleware. */
export class Router<S extends Sharing = NothingShared> {
  readonly kind = 'router'
  readonly routes: Route[] = []
  readonly get: DefineRoute<S> = this.#statement('GET')
  readonly post: DefineRoute<S> = this.#statement('POST')
  readonly put: DefineRoute<S> = this.#statement('PUT')
  readonly patch: DefineRoute<S> = this.#statement('PATCH')
  readonly delete: DefineRoute<S> = this.#statement('DELETE')
  readonly head: DefineRoute<S> = this.#statement('HEAD')
  readonly options: DefineRoute<S> = this.#statement('OPTIONS')
  readonly query: DefineRoute<S> = this.#statement('QUERY')
  readonly #shared: RouterOptions
  /** The routers that this one was added to. They also get routes that are added to it later. */
  readonly #takers: AnyTaker[] = []
  /** The routes refer to this list, so that middleware that is added later wraps them too. */
  protected readonly middleware: Middleware[] = []

  /** Throws a `DeclarationError` for a prefix that is not the beginning of a path, or for wrong responses. */
  constructor(shared: RouterOptions = {}, where = `router ${shared.prefix ?? ''}`.trimEnd()) {
    assertPrefix(shared.prefix)
    toDeclaredResponses(shared.responses, where)
    this.#shared = shared
  }

  /** Adds middleware around every route, including routes that were added before. It runs inside the middleware that was added earlier. */
  use(middleware: Middleware): this {
    toDeclaredResponses(middleware.contract?.responses, placeOf(middleware))
    this.middleware.push(middleware)
    this.changed()
    return this
  }

  /** Adds routes that were made as values. Routes that are added to an added router later are included. Throws a `DeclarationError` if a router would contain itself. */
  add(routes: Routes): this {
    for (const each of flatten(routes)) {
      if (isRoute(each)) this.#take(each)
      else each.#giveTo(this)
    }
    return this
  }

  /**
   * Creates a router inside this one. Its handlers have this router's dependencies, `errors` and `responses`, and the parameters of its prefix.
   *
   * @throws {DeclarationError} when the prefix is not the beginning of a path
   */
  router<
    const Prefix extends string = '',
    D extends Readonly<Record<string, AnyDependency>> = {},
    R extends Responses = {},
    E extends AnyErrorClass = never,
    SH extends FieldModels = {},
    SK extends FieldModels = {},
  >(options: RouterOptions<Prefix, D, R, E, SH, SK> = {}): Router<SharedBy<S, Prefix, D, R, E, SH, SK>> {
    const child = new Router<SharedBy<S, Prefix, D, R, E, SH, SK>>(options)
    this.add(child)
    return child
  }

  /**
   * Passes every request below a path to the fetch handler of another application. The middleware and dependencies of this router run first. A declared route
   * with the same path wins.
   *
   * @throws {DeclarationError} `PATH_TEMPLATE` when the path is not the beginning of one
   */
  mount(path: string, handler: FetchHandler, options: MountOptions = {}): this {
    for (const route of mountRoutes(path, handler, options)) this.#take(route)
    return this
  }

  /** Called for each route that is added, after the router's options were merged into it. */
  protected joined(_route: Route): void {}

  /** Called when middleware was added around existing routes. */
  protected changed(): void {
    for (const taker of this.#takers) taker.changed()
  }

  #take(route: Route): Route {
    const path = joinPath(this.#shared.prefix, route.path)
    const contract = mergeContract(this.#shared, route.contract, `${route.method} ${path}`)
    return this.join({ ...route, path, contract, layers: [this.middleware, ...(route.layers ?? [contract.middleware ?? []])] })
  }

  /** Adds a route without merging the router's options into it. */
  protected join(route: Route): Route {
    this.joined(route)
    this.routes.push(route)
    for (const taker of this.#takers) taker.#take(route)
    return route
  }

  #giveTo(taker: AnyTaker): void {
    if (taker.#givesTo(this))
      throw new DeclarationError(
        'ROUTER_CYCLE',
        `add(${this.#shared.prefix ?? ''})`,
        'a router would contain itself',
        'Add it to another router',
      )
    for (const route of this.routes) taker.#take(route)
    this.#takers.push(taker)
  }

  #givesTo(router: AnyTaker): boolean {
    return router === this || this.#takers.some((taker) => taker.#givesTo(router))
  }

  #statement(method: Method): DefineRoute<S> {
    const define = defineRoute<S>(method)
    const take = (path: string, contract: unknown, handler: unknown) => this.#take(define(path, contract as never, handler as never)) // `DefineRoute` has checked path, contract and handler together
    return take as DefineRoute<S>
  }
}

function assertPrefix(prefix = ''): void {
  if (prefix === '') return
  parseTemplate(prefix)
  if (prefix.endsWith('/'))
    throw new DeclarationError('PATH_TEMPLATE', prefix, 'a prefix ends with a slash, and each path begins with one', 'Leave it out')
}

/** `''` is the prefix itself, `'/'` the prefix with a slash. */
function joinPath(prefix = '', path: string): string {
  if (path !== '') parseTemplate(path)
  return prefix + path
}

function mergeContract(shared: RouterOptions, contract: AnyContract, where: string): AnyContract {
  // The contract is always copied, so that a later change of the original does not change the route.
  if (Object.keys(shared).every((key) => key === 'prefix')) return { ...contract, responses: { ...contract.responses } }
  const merged = {
    ...contract,
    tags: join(shared.tags, contract.tags),
    dependencies: mergeDependencies(shared.dependencies, contract.dependencies, where),
    scopes: join(shared.scopes, contract.scopes),
    responses: { ...shared.responses, ...contract.responses },
    errors: join(shared.errors, contract.errors),
    responseHeaders: { ...shared.responseHeaders, ...contract.responseHeaders },
    responseCookies: { ...shared.responseCookies, ...contract.responseCookies },
  }
  return contract.errorBody !== undefined || shared.errorBody === undefined ? merged : { ...merged, errorBody: shared.errorBody }
}

const NOTHING: readonly never[] = []

/** Each item once, the router's first. */
function join<Item>(shared: readonly Item[] = NOTHING, own: readonly Item[] = NOTHING): readonly Item[] {
  return shared.length + own.length === 0 ? NOTHING : [...new Set([...shared, ...own])]
}

/** Throws a `DeclarationError` if a route has another dependency of the same name, which would replace a guard of its router. */
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

/** All routes and routers in `routes`. A route without a name gets its key as its name. */
function* flatten(routes: Routes, key?: string): Generator<Route | AnyTaker> {
  if (routes instanceof Router) yield routes
  else if (isRoute(routes)) yield key === undefined || routes.name !== undefined || !NAME.test(key) ? routes : { ...routes, name: key }
  else for (const [name, each] of Object.entries(routes)) yield* flatten(each, name)
}

/** An identifier. Other keys, such as `0` or `GET /users`, are not used as the name of an operation. */
const NAME = /^[A-Za-z_$][\w$]*$/

/**
 * Creates a router to be added to an app or to another router: `app.add(createRouter({ prefix: '/users', tags: ['users'] }))`. The types of its
 * handlers include only what this router shares. Use `app.router()` if they also need what the app or another router shares.
 *
 * @throws {DeclarationError} when the prefix is not the beginning of a path
 */
export function createRouter<
  const Prefix extends string = '',
  D extends Readonly<Record<string, AnyDependency>> = {},
  R extends Responses = {},
  E extends AnyErrorClass = never,
  SH extends FieldModels = {},
  SK extends FieldModels = {},
>(options: RouterOptions<Prefix, D, R, E, SH, SK> = {}): Router<SharedBy<NothingShared, Prefix, D, R, E, SH, SK>> {
  return new Router(options)
}
