/** Routes as values: method + path + contract + handler. */
import type { AnyErrorClass } from '../errors/define-error.ts'
import type { AnyContract, BodyDeclaration, Contract } from '../contract/contract.ts'
import type { AnyDependency, ResolvedOf } from '../contract/dependency.ts'
import type { AnyHandler, Handler, RouteContext } from '../contract/handler.ts'
import type { Responses } from '../contract/responses.ts'
import type { Returned } from '../contract/result.ts'
import type { InputsOf, ParamsOf, Shape } from '../contract/shape.ts'
import type { BodyOf } from '../contract/body.ts'

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS' | 'QUERY'

/** The phantom members carry the types for clients; nothing stands in them at run time. */
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
  readonly '~params'?: P
  readonly '~query'?: Q
  readonly '~headers'?: H
  readonly '~cookies'?: K
  readonly '~body'?: B
  readonly '~responses'?: R
  readonly '~errors'?: E
}

/** `Shared` is what a router gives to every handler. */
export interface DefineRoute<Shared = {}> {
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
    Result = Returned<R>,
  >(
    path: Path,
    contract: Contract<P, Q, H, K, B, R, E, D>,
    handler: Handler<
      RouteContext<ParamsOf<Path, NoInfer<P>>, InputsOf<Q>, InputsOf<H>, InputsOf<K>, BodyOf<B>, R, E> & ResolvedOf<D> & Shared,
      R,
      Result
    >,
  ): Route<Path, P, Q, H, K, B, R, E>
}

export function defineRoute<Shared = {}>(method: Method): DefineRoute<Shared> {
  return (path, contract, handler) => ({
    kind: 'route',
    method,
    path,
    contract,
    handler,
  })
}

export const get: DefineRoute = defineRoute('GET')
export const post: DefineRoute = defineRoute('POST')
export const put: DefineRoute = defineRoute('PUT')
export const patch: DefineRoute = defineRoute('PATCH')
/** DELETE; the word itself is reserved. */
export const del: DefineRoute = defineRoute('DELETE')
export const head: DefineRoute = defineRoute('HEAD')
export const options: DefineRoute = defineRoute('OPTIONS')
/** QUERY: safe like GET, with a body like POST. */
export const query: DefineRoute = defineRoute('QUERY')

export function isRoute(value: unknown): value is Route {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'route'
}
