/** Declares dependencies (FastAPI's `Depends`). The errors and responses of a dependency are part of every contract that uses it. */
import type { AnyErrorClass } from '../errors/define-error.ts'
import type { MaybePromise } from '../maybe-promise.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { isSchema } from '../schema/schema.ts'
import type { BaseContext, FailFunction } from './handler.ts'
import { toCookieModels } from '../reply/field.ts'
import type { StagedFor } from '../reply/staged.ts'
import type { FieldModels, ResponseFields, Responses } from './responses.ts'
import type { ReplyFunction, StatusResult } from './result.ts'
import { Unauthorized, type SecurityContext, type SecurityErrors, type SecurityScheme } from './security.ts'
import type { Absent, ReceivedOf, Shape } from './inputs.ts'

/** When the clean-up of a generator runs: `handler`, before the body is sent; `response`, after its last byte. */
export type DependencyScope = 'handler' | 'response'

/** What a dependency declares: its inputs, its own dependencies, its errors and responses. */
export interface DependencyOptions<P, Q, H, K, E, D, R = Responses, C = unknown, SH = FieldModels, SK = FieldModels> extends ResponseFields<
  SH,
  SK
> {
  /**
   * How the client proves who it is, by a scheme of `riposte/security`: `bearer()`. Without credentials the request is refused with 401 before
   * the dependency runs. Default: none.
   */
  readonly security?: SecurityScheme<C>
  readonly params?: P
  readonly query?: Q
  readonly headers?: H
  readonly cookies?: K
  readonly dependencies?: D
  /** Errors that it may throw. The OpenAPI document lists them for every route that uses it. */
  readonly errors?: readonly E[]
  /** Responses that it may end a request with, by `reply()`. The OpenAPI document lists them for every route that uses it. Default: none. */
  readonly responses?: R
  /** Default: `handler`. */
  readonly scope?: DependencyScope
  /**
   * Whether it runs after the body was read and validated, right before the handler. For what must not be held while a slow client sends its content, such
   * as a transaction. If a dependency that runs before the body uses it, it runs before that one. Not with `security`. Default: false.
   */
  readonly afterBody?: boolean
}

/** The value of the `yield` expression in a generator, once the handler has returned or a dependency has ended the request. An error is thrown at the `yield` instead. */
export interface Outcome {
  /** The status of the response. 400 and above: the request has failed. */
  readonly status: number
}

/** A generator of a dependency, which yields once. It receives the outcome: `const { status } = yield value`. */
type Opening<Value = unknown> = Generator<Value, void, Outcome> | AsyncGenerator<Value, void, Outcome>

/** The function of a dependency. In a generator, the code after the `yield` is the clean-up. */
export type Provider<Context, Value> = (context: Context) => MaybePromise<Value> | Opening<Value>

/** What `dependency()` returns. Handlers get its value under the name that their contract gives it. */
export interface Dependency<Value = unknown, E = never> {
  readonly '~value'?: Value
  readonly '~errors'?: E
  readonly kind: 'dependency'
  readonly options: DependencyOptions<Shape, Shape, Shape, Shape, AnyErrorClass, Readonly<Record<string, AnyDependency>>>
  readonly provide: Provider<never, Value>
}

export type AnyDependency = Dependency<any, any> // oxlint-disable-line typescript/no-explicit-any -- a constraint must take every dependency

export type Dependencies = Readonly<Record<string, AnyDependency>>

type ValueOf<D> = D extends Dependency<infer Value, unknown> ? Value : never

/** The values of declared dependencies, as they are in the handler's context. */
export type ResolvedOf<D> = { readonly [Name in keyof D]: ValueOf<D[Name]> }

/** Without the results of `reply()`, which end the request and never reach the handler. */
type Yielded<Result> = Exclude<Result extends Generator<infer Value> | AsyncGenerator<infer Value> ? Value : Awaited<Result>, StatusResult>

/** The inputs of a dependency. */
interface DependencyInputs<P, Q, H, K> {
  readonly params: ReceivedOf<'params', P>
  readonly query: ReceivedOf<'query', Q>
  readonly headers: ReceivedOf<'headers', H>
  readonly cookies: ReceivedOf<'cookies', K>
  readonly body: Absent<'a dependency receives no body'>
}

/** The context of a dependency's function. */
export type DependencyContext<P, Q, H, K, E, R = {}, C = never, SH = {}, SK = {}> = BaseContext<StagedFor<SH, SK>> &
  DependencyInputs<P, Q, H, K> &
  SecurityContext<C> & {
    readonly fail: FailFunction<E | SecurityErrors<C>>
    /** Makes a response that ends the request when it is returned or yielded. Later dependencies and the handler do not run. */
    readonly reply: ReplyFunction<R>
  }

/**
 * What the function of a dependency returns, inferred as `Result`. The condition gives the compiler a generator as the expected type before it
 * checks the function. Without it, the value of `yield` would have no type.
 */
type Provided<Result> = [Result] extends [Opening] ? Opening : Result

/** Declares a dependency: a value that handlers need beside their inputs, such as a database session or the current user. */
export function dependency<Result = Opening>(
  provide: (context: DependencyContext<{}, {}, {}, {}, never>) => Provided<Result>,
): Dependency<Yielded<Result>>
export function dependency<
  P extends Shape = {},
  Q extends Shape = {},
  H extends Shape = {},
  K extends Shape = {},
  E extends AnyErrorClass = never,
  D extends Readonly<Record<string, AnyDependency>> = {},
  R extends Responses = {},
  C = never,
  SH extends FieldModels = {},
  SK extends FieldModels = {},
  Result = Opening,
>(
  options: DependencyOptions<P, Q, H, K, E, D, R, C, SH, SK>,
  provide: (context: DependencyContext<P, Q, H, K, E, R, C, SH, SK> & ResolvedOf<D>) => Provided<Result>,
): Dependency<Yielded<Result>, E | SecurityErrors<C>>

/** Declares a dependency. It runs once per request, after those before it and those that it uses. */
export function dependency(first: object, second?: Provider<never, unknown>): AnyDependency {
  const [given, provide] = second === undefined ? [{}, first as Provider<never, unknown>] : [first as AnyDependency['options'], second]
  const options = given.security === undefined ? given : { ...given, errors: [...(given.errors ?? []), Unauthorized] }
  const declared: AnyDependency = { kind: 'dependency', options: withCookieModels(options, 'dependency()'), provide }
  if (options.scope === 'response') assertLongerLived(options.dependencies)
  if (options.afterBody === true && options.security !== undefined)
    throw new DeclarationError(
      'DEPENDENCY_SCOPE',
      'dependency() afterBody',
      'a dependency with security must run before the body is read',
      'Remove afterBody',
    )
  return declared
}

/** Replaces each cookie of `defineCookie()` by its model, which reads the value. */
export function withCookieModels<Declared extends { readonly cookies?: Shape | undefined }>(declared: Declared, where: string): Declared {
  const { cookies } = declared
  return cookies === undefined || isSchema(cookies) ? declared : { ...declared, cookies: toCookieModels(cookies, `${where} cookies`) }
}

/** Throws a `DeclarationError` if a dependency of scope `response` uses one that is released earlier, before the body is sent. */
function assertLongerLived(dependencies: Dependencies = {}): void {
  for (const [name, used] of Object.entries(dependencies)) {
    const { scope = isGeneratorFunction(used.provide) ? 'handler' : undefined } = used.options
    if (scope === 'handler')
      throw new DeclarationError(
        'DEPENDENCY_SCOPE',
        `dependency() dependencies.${name}`,
        "expected scope 'response', got 'handler': it is released before the one that uses it",
        "Declare it with scope: 'response', or this one with scope: 'handler'",
      )
    // A plain value may hold a reference to the dependencies that it was made from.
    if (scope === undefined) assertLongerLived(used.options.dependencies)
  }
}

function isGeneratorFunction(provide: unknown): boolean {
  return /^\[object (?:Async)?GeneratorFunction\]$/.test(Object.prototype.toString.call(provide))
}

const NONE: readonly AnyDependency[] = []

/**
 * All dependencies of a route in the order in which they run: each once, after those that it uses. `enter` is called for each one before the
 * dependencies that it uses, with the position at which the first new one of them will be.
 */
export function dependenciesInOrder(
  dependencies: Dependencies = {},
  enter?: (dependency: AnyDependency, place: number) => void,
): readonly AnyDependency[] {
  if (Object.keys(dependencies).length === 0) return NONE
  const ordered = new Set<AnyDependency>()
  const add = (named: Dependencies = {}): void => {
    for (const dependency of Object.values(named)) {
      if (ordered.has(dependency)) continue
      enter?.(dependency, ordered.size)
      add(dependency.options.dependencies)
      ordered.add(dependency)
    }
  }
  add(dependencies)
  return [...ordered]
}

/** The security schemes of a route, in the order in which they are checked. All of them must be satisfied. */
export function schemesOf(dependencies: Dependencies | undefined): readonly SecurityScheme[] {
  return dependenciesInOrder(dependencies).flatMap(({ options: { security } }) => (security === undefined ? [] : [security]))
}
