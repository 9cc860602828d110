/** Dependencies as they are declared: FastAPI's `Depends`. What one may answer is part of every contract that uses it. */
import type { AnyErrorClass } from '../errors/define-error.ts'
import type { MaybePromise } from '../maybe-promise.ts'
import type { BaseContext, FailFunction, InputContext } from './handler.ts'
import type { InputsOf, Shape } from './shape.ts'

/** When a generator's clean-up runs: before the body is sent, or after its last byte. */
export type DependencyScope = 'handler' | 'response'

export interface DependencyOptions<P, Q, H, K, E, D> {
  readonly params?: P
  readonly query?: Q
  readonly headers?: H
  readonly cookies?: K
  readonly dependencies?: D
  /** Errors that it may throw: they are in the document of every route that uses it. */
  readonly errors?: readonly E[]
  /** Default: `handler`. */
  readonly scope?: DependencyScope
}

/** What comes after the `yield` of a generator is its clean-up. */
export type Provider<Context, Value> = (
  context: Context,
) => MaybePromise<Value> | Generator<Value, void, void> | AsyncGenerator<Value, void, void>

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

export type ResolvedOf<D> = { readonly [Name in keyof D]: ValueOf<D[Name]> }

type Yielded<Result> = Result extends Generator<infer Value> | AsyncGenerator<infer Value> ? Value : Awaited<Result>

export type DependencyContext<P, Q, H, K, E> = BaseContext &
  InputContext<InputsOf<P>, InputsOf<Q>, InputsOf<H>, InputsOf<K>, never> & { readonly fail: FailFunction<E> }

export function dependency<Result>(provide: (context: DependencyContext<{}, {}, {}, {}, never>) => Result): Dependency<Yielded<Result>>
export function dependency<
  Result,
  P extends Shape = {},
  Q extends Shape = {},
  H extends Shape = {},
  K extends Shape = {},
  E extends AnyErrorClass = never,
  D extends Readonly<Record<string, AnyDependency>> = {},
>(
  options: DependencyOptions<P, Q, H, K, E, D>,
  provide: (context: DependencyContext<P, Q, H, K, E> & ResolvedOf<D>) => Result,
): Dependency<Yielded<Result>, E>

/** Declares a dependency. It is resolved once per request, in parallel with those that it does not need. */
export function dependency(first: object, second?: Provider<never, unknown>): AnyDependency {
  const [options, provide] = second === undefined ? [{}, first as Provider<never, unknown>] : [first, second]
  return { kind: 'dependency', options, provide }
}

/** All dependencies of a route, those of dependencies included, each once. */
export function allDependencies(dependencies: Dependencies = {}, found = new Set<AnyDependency>()): ReadonlySet<AnyDependency> {
  for (const dependency of Object.values(dependencies)) {
    if (found.has(dependency)) continue
    found.add(dependency)
    allDependencies(dependency.options.dependencies, found)
  }
  return found
}
