/** Routes as values: method, path, contract and handler. */
import type { AnyErrorClass } from '../errors/define-error.ts'
import type { AnyContract, BodyDeclaration, Contract } from '../contract/contract.ts'
import { withCookieModels, type AnyDependency, type ResolvedOf } from '../contract/dependency.ts'
import type { MaybePromise } from '../maybe-promise.ts'
import type { StagedFor } from '../reply/staged.ts'
import type { AnyHandler, Handler, RouteContext } from '../contract/handler.ts'
import { deprecationLayer } from '../contract/deprecation.ts'
import type { Middleware } from '../contract/middleware.ts'
import type { Responses } from '../contract/responses.ts'
import type { Returned } from '../contract/result.ts'
import type { Shape } from '../contract/inputs.ts'

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS' | 'QUERY'

/** What the OpenAPI document needs from a mount. */
export interface Mounted {
  readonly name: string
  readonly document: object | (() => MaybePromise<object>)
}

/** A route as a value, to be added to an app or a router. The phantom members carry the types for clients; they do not exist at run time. */
export interface Route<
  Path extends string = string,
  P = unknown,
  Q = unknown,
  H = unknown,
  K = unknown,
  B = unknown,
  R = unknown,
  E = unknown,
> {
  readonly kind: 'route'
  readonly method: Method
  readonly path: Path
  readonly contract: AnyContract
  readonly handler: AnyHandler
  /** Its key in the object that it was added with: `app.add({ listUsers: get(…) })`. Names the operation in the document. */
  readonly name?: string
  /** Middleware of its routers and its own, outermost first. A router may still add to its part. Default: `contract.middleware`. */
  readonly layers?: readonly (readonly Middleware[])[]
  /** Set on one of the routes of a mount: how the mounted application appears in the OpenAPI document. */
  readonly mounted?: Mounted
  /** Called with the whole path of the route, prefixes included, when it is added to an app. */
  readonly onJoin?: (path: string) => void
  readonly '~params'?: P
  readonly '~query'?: Q
  readonly '~headers'?: H
  readonly '~cookies'?: K
  readonly '~body'?: B
  readonly '~responses'?: R
  readonly '~errors'?: E
}

/** What a router shares with the handlers of its routes. */
export interface Sharing {
  /** Its parameters are path parameters of each route. */
  readonly prefix: string
  readonly values: object
  readonly responses: object
  readonly errors: AnyErrorClass
  readonly responseHeaders: object
  readonly responseCookies: object
}

/** What an app or a router shares with its handlers before anything is declared. */
export interface NothingShared {
  readonly prefix: ''
  readonly values: {}
  readonly responses: {}
  readonly errors: never
  readonly responseHeaders: {}
  readonly responseCookies: {}
}

/** A route's own responses win. */
export type MergedResponses<Outer, Inner> = [keyof Outer] extends [never]
  ? Inner
  : { readonly [Key in keyof Outer | keyof Inner]: Key extends keyof Inner ? Inner[Key] : Key extends keyof Outer ? Outer[Key] : never }

/**
 * Stops the compiler from inferring types from the context: it would compare this context with the handler's, member by member, and learn nothing.
 * It does not infer through a member that a type parameter selects. There are two members, because it does infer through a single index signature.
 */
interface NotInferred<Context> {
  readonly context: Context
  readonly [path: string]: Context
}

export interface DefineRoute<S extends Sharing = NothingShared> {
  <
    const Path extends string,
    R extends Responses,
    P extends Shape = never,
    Q extends Shape = {},
    H extends Shape = {},
    K extends Shape = {},
    B extends BodyDeclaration = never,
    E extends AnyErrorClass = never,
    D extends Readonly<Record<string, AnyDependency>> = {},
    Result = Returned<MergedResponses<S['responses'], R>>,
  >(
    path: Path,
    contract: Contract<P, Q, H, K, B, R, E, D>,
    handler: Handler<
      NotInferred<
        RouteContext<
          `${S['prefix']}${Path}`,
          P,
          Q,
          H,
          K,
          B,
          MergedResponses<S['responses'], R>,
          E | S['errors'],
          StagedFor<S['responseHeaders'], S['responseCookies']>
        > &
          ResolvedOf<D> &
          S['values']
      >[Path],
      MergedResponses<S['responses'], R>,
      Result
    >,
  ): Route<Path, P, Q, H, K, B, R, E>
}

export function defineRoute<S extends Sharing = NothingShared>(method: Method): DefineRoute<S> {
  return (path, contract, handler) => ({
    kind: 'route',
    method,
    path,
    contract: withCookieModels(contract, `${method} ${path}`),
    handler: handler as AnyHandler, // the type of a handler that does not fit is a message, and the compiler has rejected it
  })
}

/** A GET route as a value. */
export const get: DefineRoute = defineRoute('GET')
/** A POST route as a value. */
export const post: DefineRoute = defineRoute('POST')
/** A PUT route as a value. */
export const put: DefineRoute = defineRoute('PUT')
/** A PATCH route as a value. */
export const patch: DefineRoute = defineRoute('PATCH')
/** A DELETE route as a value. `delete` is a reserved word. */
export const del: DefineRoute = defineRoute('DELETE')
/** A HEAD route as a value. Each GET route also responds to HEAD. */
export const head: DefineRoute = defineRoute('HEAD')
/** An OPTIONS route as a value. Every path responds to OPTIONS, also without such a route. */
export const options: DefineRoute = defineRoute('OPTIONS')
/** A QUERY route as a value: safe like GET, with a body like POST. */
export const query: DefineRoute = defineRoute('QUERY')

/** All middleware around a route, the outermost first, including the one that adds deprecation headers. */
export function layersOf({ contract, layers = [contract.middleware ?? []] }: Route): readonly Middleware[] {
  const deprecation = deprecationLayer(contract.deprecated)
  return deprecation === undefined ? layers.flat() : [...layers.flat(), deprecation]
}

export function isRoute(value: unknown): value is Route {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'route'
}
