/** Mounts another application: every request below a path goes to its WHATWG fetch handler. */
import type { AnyContract } from '../contract/contract.ts'
import type { BaseContext } from '../contract/handler.ts'
import type { Platform } from '../http/incoming.ts'
import type { MaybePromise } from '../maybe-promise.ts'
import { raw } from '../representation/raw.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import type { Method, Route } from './route.ts'

/** A WHATWG fetch handler: `fetch` or `handler` of Hono, better-auth, tRPC, GraphQL Yoga and other Riposte apps. */
export type FetchHandler = (request: Request, platform: Platform) => MaybePromise<Response>

/** Options of `app.mount()`. */
export interface MountOptions {
  /** Whether the handler gets the whole path. Default: false: it gets the path below the mount, as it would in a server of its own. */
  readonly keepPath?: boolean
  /**
   * Its OpenAPI document (3.1 or 3.2), or a function that returns it. Its paths are prefixed with the mount's path, its components and operation ids with `name`.
   * Default: none: the app's document does not show the mount.
   */
  readonly document?: object | (() => MaybePromise<object>)
  /** The prefix for the names of its components: `auth` gives `auth_User`. Default: the path of the mount with `_` between its segments. */
  readonly name?: string
  /** The largest request body, in bytes. Default: the app's. */
  readonly bodyLimitBytes?: number
}

const METHODS: readonly Method[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY']

/** The routes of a mount. A route with a longer path wins over them. Throws a `DeclarationError` for a path that is not a valid prefix. */
export function mountRoutes(path: string, handler: FetchHandler, options: MountOptions): readonly Route[] {
  const { keepPath = false, document, bodyLimitBytes } = options
  if (!/^(?:\/[^/]+)+$/.test(path))
    throw new DeclarationError(
      'PATH_TEMPLATE',
      `mount(${path})`,
      'the path must begin with a slash and not end with one',
      'Write it as /auth',
    )
  const name = options.name ?? path.slice(1).replaceAll(/[^\w.-]+/g, '_')
  const contract: AnyContract = {
    responses: { default: raw() },
    inDocument: false,
    ...(bodyLimitBytes !== undefined && { bodyLimitBytes }),
  }
  const handle = (context: BaseContext) =>
    handler(keepPath ? context.request : below(context.request, segmentsOf(context.route!.template)), context.platform)
  const routes = METHODS.flatMap((method) =>
    [path, `${path}/{+rest}`].map((template): Route => ({ kind: 'route', method, path: template, contract, handler: handle })),
  )
  if (document === undefined) return routes
  const [first, ...others] = routes
  return [{ ...first!, mounted: { name, document } }, ...others]
}

/** The number of segments before the path that the handler gets. */
function segmentsOf(template: string): number {
  return template.replace('/{+rest}', '').split('/').length - 1
}

/** The same request without the first segments of its path. */
function below(request: Request, segments: number): Request {
  const url = new URL(request.url)
  url.pathname = `/${url.pathname
    .split('/')
    .slice(segments + 1)
    .join('/')}`
  return new Request(url, request)
}
