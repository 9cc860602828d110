/** The app: combines routes, error handlers and middleware, and handles requests. */
import { Aftermath } from './aftermath.ts'
import { compileRoute, mergeMatched, type CompiledRoute } from './compile-route.ts'
import { describeResponses, type DescribedResponse } from './contract/contract.ts'
import type { AnyDependency, Dependencies } from './contract/dependency.ts'
import type { DeclaredErrors } from './contract/errors.ts'
import { compileAddedFields, NO_FIELDS, type AddedFields } from './contract/fields.ts'
import type { FieldModels, ResponseFields, Responses } from './contract/responses.ts'
import type { MatchedRoute } from './contract/handler.ts'
import { contractsOf } from './contract/middleware.ts'
import { handleMiss, handleRoute, dispatch, layerRoute, type Dispatcher, type LayeredRoute } from './dispatch.ts'
import { documentRoutes, type DocumentPaths } from './document-routes.ts'
import { ErrorHandlers, type ErrorHandler, type ErrorHandlerContract, type Throwable } from './error-handlers.ts'
import type { AnyErrorClass } from './errors/define-error.ts'
import type { HTTPError } from './errors/http-error.ts'
import { Exchange } from './exchange.ts'
import { fromRequest, toResponse, type ExecutionContext } from './fetch.ts'
import type { Incoming, Platform } from './http/incoming.ts'
import { compileTrustProxy, type TrustProxy } from './request/proxy.ts'
import { consoleLogger, guardLogger, type Logger } from './log.ts'
import { after, type MaybePromise } from './maybe-promise.ts'
import { composeMiddleware, type Layer } from './middleware.ts'
import { Declarations } from './openapi/declarations.ts'
import type { OpenAPIDocument } from './openapi/document.ts'
import type { DocumentInfo } from './openapi/settings.ts'
import type { Reply } from './reply/reply.ts'
import type { FileRoot } from './representation/file-like.ts'
import type { ErrorBody } from './representation/error-body.ts'
import { problem } from './representation/problem.ts'
import { toIssueLimit } from './request/problems.ts'
import { AUTOMATIC_OPTIONS, AUTOMATIC_REDIRECT, RouteTable } from './routing/route-table.ts'
import { Router, type SharedBy } from './routing/router.ts'
import { layersOf, type NothingShared, type Route, type Sharing } from './routing/route.ts'
import { staticFiles, type StaticOptions } from './routing/static-files.ts'

/** Options of `createApp()`, including the title, version, servers and other metadata of the OpenAPI document. */
export interface AppOptions<
  D extends Dependencies = Dependencies,
  R extends Responses = Responses,
  E extends AnyErrorClass = AnyErrorClass,
  SH extends FieldModels = FieldModels,
  SK extends FieldModels = FieldModels,
>
  extends DocumentInfo, DocumentPaths, ResponseFields<SH, SK> {
  /** The format of errors for routes and routers that do not set their own. Default: `problem()`, RFC 9457. */
  readonly errorBody?: ErrorBody
  /** Dependencies of every added route. They run before all others, but not for the OpenAPI document and the docs page. Default: none. */
  readonly dependencies?: D
  /** Responses of every added route. Those of a router or route win. Default: none. */
  readonly responses?: R
  /** Errors that any route may throw. Default: none. */
  readonly errors?: readonly E[]
  /** Changes the generated document before it is served, for anything that declarations cannot express. */
  readonly document?: (document: OpenAPIDocument) => MaybePromise<OpenAPIDocument>
  /** The largest request body, in bytes. Default: 1 MiB. */
  readonly bodyLimitBytes?: number
  /** The proxies that are trusted to report the client's address and the requested URL. Default: none: those of the connection are used. */
  readonly trustProxy?: TrustProxy
  /** The maximum number of problems in a 422, from 1 to 1,000. If there are more, the last entry says how many. Default: 100. */
  readonly maxIssues?: number
  /** Default: lines on standard error. */
  readonly logger?: Logger
}

interface ComposedRoute extends LayeredRoute {
  readonly declared: Route
  handle: Layer
  fields: AddedFields
  matched: MatchedRoute
}

/** What `createApp()` returns: a router that can be served. */
export class App<S extends Sharing = NothingShared> extends Router<S> {
  readonly #info: Pick<AppOptions, keyof DocumentInfo | keyof ResponseFields | 'document'>
  readonly #declarations = new Declarations()
  readonly logger: Logger
  readonly #table: RouteTable<LayeredRoute>
  readonly #errorHandlers: ErrorHandlers
  /** The headers and cookies of responses outside any route. */
  #fields: AddedFields
  readonly #aftermath: Aftermath
  readonly #seen: (incoming: Incoming) => Incoming
  readonly #defaults: { errorBody: ErrorBody; errors: readonly AnyErrorClass[]; bodyLimitBytes: number; maxIssues: number }
  /** All routes, with their layers. */
  readonly #layered: ComposedRoute[] = []
  /** `undefined` after middleware or routes were added, until they are composed. */
  #dispatcher: Dispatcher | undefined
  #document: Promise<OpenAPIDocument> | undefined

  constructor(options: AppOptions = {}) {
    const { dependencies, responses, responseHeaders, responseCookies, webhooks = {} } = options
    super(
      {
        ...(dependencies && { dependencies }),
        ...(responses && { responses }),
        ...(responseHeaders && { responseHeaders }),
        ...(responseCookies && { responseCookies }),
      },
      'app',
    )
    for (const [name, webhook] of Object.entries(webhooks)) this.#declarations.addWebhook(name, webhook)
    this.#info = options
    this.#fields = compileAddedFields([options], 'app')
    this.#seen = options.trustProxy === undefined ? (incoming) => incoming : compileTrustProxy(options.trustProxy)
    this.logger = guardLogger(options.logger ?? consoleLogger)
    this.#aftermath = new Aftermath(this.logger)
    this.#defaults = {
      errorBody: options.errorBody ?? problem(),
      errors: options.errors ?? [],
      bodyLimitBytes: options.bodyLimitBytes ?? 1_048_576, // 1 MiB
      maxIssues: toIssueLimit(options.maxIssues),
    }
    const outside: DeclaredErrors = {
      where: 'outside any route',
      errorBody: this.#defaults.errorBody,
      byStatus: new Map(),
      errors: new Set(this.#defaults.errors),
    }
    this.#errorHandlers = new ErrorHandlers(outside, this.logger)
    const automaticOptions = this.#compile(AUTOMATIC_OPTIONS)
    const automaticRedirect = this.#compile(AUTOMATIC_REDIRECT)
    this.#table = new RouteTable({
      options: (others) => this.#automatic(automaticOptions, others),
      redirect: (right) => this.#automatic(automaticRedirect, [right]),
    })
    for (const route of Object.values(documentRoutes(options, () => this.document()))) this.join({ ...route, layers: [this.middleware] })
  }

  /** Handles errors of a class and its subclasses, or of a status. Its declared responses become part of every route's contract. */
  onError<const Status extends number, R extends Responses>(
    status: Status,
    contract: ErrorHandlerContract<R>,
    // A handler for 500 also gets errors that are not an HTTPError.
    handler: ErrorHandler<Status extends 500 ? Error : HTTPError, R>,
  ): this
  onError<Class extends Throwable, R extends Responses>(
    type: Class,
    contract: ErrorHandlerContract<R>,
    handler: ErrorHandler<InstanceType<Class>, R>,
  ): this
  onError(key: Throwable | number, contract: ErrorHandlerContract<Responses>, handler: ErrorHandler<never, Responses>): this {
    this.#declarations.addHandler(this.#errorHandlers.add(key, contract, handler as never)) // the overloads above tie it to its contract
    this.#document = undefined
    return this
  }

  /** Serves the files of a folder below a prefix: `app.static('/assets', directory('dist'))`. Other routes win. The OpenAPI document does not list the files. */
  static(prefix: string, root: FileRoot, options?: StaticOptions): this {
    return this.add({ ...staticFiles(prefix, root, options) })
  }

  /** The OpenAPI document of the app. Rejects with a `DeclarationError` if two models have the same name. */
  document(): Promise<OpenAPIDocument> {
    // Few requests need the document, so its code is loaded on first use.
    if (this.#document !== undefined) return this.#document
    const pending = this.#createDocument()
    this.#document = pending
    // After a failure the next caller tries again, because loading the code may succeed then.
    pending.catch(() => {
      if (this.#document === pending) this.#document = undefined
    })
    return pending
  }

  async #createDocument(): Promise<OpenAPIDocument> {
    const { createDocument } = await import('./openapi/document.ts')
    const { withMounted } = await import('./openapi/merge-document.ts')
    const { handled: errorHandlers } = this.#errorHandlers
    const made = await withMounted(createDocument(this.routes, { ...this.#info, ...this.#defaults, errorHandlers }), this.routes)
    return this.#info.document?.(made) ?? made
  }

  /** All declared responses, how their models are encoded, and which parts the schema library validates. */
  contracts(): readonly DescribedResponse[] {
    return this.routes.flatMap(({ method, path, contract }) => describeResponses(contract, `${method} ${path}`))
  }

  /** Handles a request of any runtime. Never rejects. */
  handle(incoming: Incoming): MaybePromise<Reply> {
    return this.#handle(incoming, dispatch)
  }

  /** Responds to an error that was thrown in front of the app, with the app's error body and middleware. Never rejects. */
  handleError(error: unknown, incoming: Incoming): MaybePromise<Reply> {
    return this.#handle(incoming, ({ handleMiss }, exchange) => {
      exchange.miss = error
      return handleMiss(exchange)
    })
  }

  #handle(incoming: Incoming, by: typeof dispatch): MaybePromise<Reply> {
    const dispatcher = (this.#dispatcher ??= this.#compose())
    const exchange = new Exchange(this.#seen(incoming), this.#defaults.bodyLimitBytes, this.#fields)
    const reply = by(dispatcher, exchange)
    return after(reply, (made) => (exchange.isFollowed(made) ? this.#aftermath.attach(made, exchange) : made))
  }

  /** Whether a route is declared for a path, for any method. */
  hasRoute(path: string): boolean {
    return this.#table.has(path)
  }

  #compose(): Dispatcher {
    for (const route of this.#layered) Object.assign(route, layerRoute(layersOf(route.declared), route.compiled, this.#errorHandlers))
    this.#fields = compileAddedFields([this.#info, ...contractsOf(this.middleware)], 'outside any route')
    const innermost = handleMiss(this.#errorHandlers)
    return { routes: this.#table, handleMiss: composeMiddleware(this.middleware, innermost, this.#errorHandlers) }
  }

  /** An automatic response for a path, inside the layers of a route of that path. */
  #automatic(compiled: CompiledRoute, others: readonly LayeredRoute[]): LayeredRoute {
    const [first] = others as readonly ComposedRoute[]
    if (first === undefined) return { compiled, ...layerRoute(this.middleware, compiled, this.#errorHandlers) }
    const { responseFields } = first.compiled
    const matched = mergeMatched(others.map((route) => route.matched))
    return { compiled, ...layerRoute(layersOf(first.declared), { ...compiled, responseFields, matched }, this.#errorHandlers) }
  }

  /**
   * A WHATWG fetch handler. `platform` becomes `platform` of the context. Work after the response is passed to `waitUntil` of `execution`, the third
   * argument in Workers.
   */
  readonly fetch = async (request: Request, platform?: Platform, execution?: ExecutionContext): Promise<Response> => {
    const incoming = fromRequest(request, platform)
    return toResponse(await this.handle(incoming), incoming, execution)
  }

  /** Sends a request to the app in memory, for tests. A path is enough. The address of the client is `127.0.0.1` if `platform` has no other. */
  request(target: string | URL | Request, init?: RequestInit, platform?: Platform): Promise<Response> {
    const request = target instanceof Request ? target : new Request(new URL(target, 'http://localhost'), init)
    return this.fetch(request, { clientAddress: '127.0.0.1', ...platform })
  }

  /** Resolves when all background tasks have ended. */
  async drain(): Promise<void> {
    // `fetch` starts the tasks of a response in the next turn of the event loop.
    await new Promise((resolve) => setTimeout(resolve))
    await this.#aftermath.drain()
  }

  protected override joined(route: Route): void {
    this.#document = undefined
    const compiled = this.#compile(route)
    this.#declarations.add(route, compiled)
    const handle = handleRoute(compiled, this.#errorHandlers)
    const layered = { compiled, declared: route, handle, fields: NO_FIELDS, matched: compiled.matched }
    this.#table.add(route.method, route.path, layered)
    this.#layered.push(layered)
    route.onJoin?.(route.path)
    this.#dispatcher = undefined
  }

  protected override changed(): void {
    super.changed()
    for (const { declared, compiled } of this.#layered) this.#declarations.addLayers(declared, compiled)
    this.#document = undefined
    this.#dispatcher = undefined
  }

  #compile(route: Route): CompiledRoute {
    return compileRoute(route, this.#defaults)
  }
}

/** Creates an app: routes, middleware, error handlers, and the OpenAPI document of them. */
export function createApp<
  D extends Readonly<Record<string, AnyDependency>> = {},
  R extends Responses = {},
  E extends AnyErrorClass = never,
  SH extends FieldModels = {},
  SK extends FieldModels = {},
>(options?: AppOptions<D, R, E, SH, SK>): App<SharedBy<NothingShared, '', D, R, E, SH, SK>> {
  return new App(options)
}
