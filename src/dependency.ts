/** Runs a route's dependencies one after the other, each once per request, and releases what they hold. */
import { compileResponses, type ResponseExchange, type ToReply } from './contract/compile.ts'
import { toDeclaredResponses } from './contract/declared.ts'
import { dependenciesInOrder, type AnyDependency, type Dependencies, type Outcome } from './contract/dependency.ts'
import { compileGuard, type Guard, type GuardedExchange } from './contract/security.ts'
import { StatusResult } from './contract/result.ts'
import { ContractError } from './errors/framework-errors.ts'
import { adopt, after, isPromise, type MaybePromise } from './maybe-promise.ts'
import type { Reply } from './reply/reply.ts'

/** What a generator holds until it is released. */
export interface Resource {
  readonly scope: 'handler' | 'response'
  /** Runs the clean-up. */
  release(outcome: Outcome): unknown
  /** Throws the error at the `yield`, then runs the clean-up. */
  releaseWith(error: unknown): unknown
}

/** What resolving needs of a request's exchange. */
export interface DependencyHolder extends ResponseExchange, GuardedExchange {
  /** The values of the route's dependencies, by their names. */
  values: Readonly<Record<string, unknown>> | undefined
  /** The values of all dependencies that have run, by their positions in the order. */
  dependencyValues: unknown[]
  hold(resource: Resource): void
  /** Throws if a layer has already responded, so that no further dependency runs. */
  assertWanted(): void
  /** The context of the dependency at this position in the order. Throws a `RequestError` 422 if its own inputs are wrong. */
  contextOf(place: number, needed: Readonly<Record<string, unknown>>): object
}

type AnyGenerator = Generator<unknown, void, Outcome> | AsyncGenerator<unknown, void, Outcome>

/** The positions of values in the order, by the names that a function uses for them. */
type Places = readonly (readonly [name: string, place: number])[]

interface Step {
  readonly dependency: AnyDependency
  readonly place: number
  readonly needs: Places
  /** `undefined` if it declares no `security`. */
  readonly guard: Guard | undefined
  /** Guards that must accept the request before it runs: its own, and those of the dependencies that use it. */
  readonly admissions: readonly Guard[]
  /** Converts a response with which it ends the request. */
  readonly toReply: ToReply
}

/** Resolves to a Reply if a dependency ends the request with one. */
export type Resolve = (holder: DependencyHolder) => MaybePromise<Reply | undefined>

/** The parts of the route that dependencies need. */
interface RouteOfDependencies {
  readonly dependencies?: Dependencies | undefined
  readonly scopes?: readonly string[]
}

export interface CompiledDependencies {
  readonly beforeBody: Resolve
  /** `undefined` if all dependencies run before the body. */
  readonly afterBody: Resolve | undefined
}

/** Compiles the dependencies of a route. The first one that throws or replies ends the request, and the later ones do not run. `undefined` for a route without dependencies. */
export function compileDependencies(
  { dependencies = {}, scopes = [] }: RouteOfDependencies,
  where: string,
): CompiledDependencies | undefined {
  if (Object.keys(dependencies).length === 0) return undefined
  const guards = new Map<AnyDependency, Guard>()
  const admissions: Guard[][] = []
  const ordered = dependenciesInOrder(dependencies, (dependency, place) => {
    const { security } = dependency.options
    if (security === undefined) return
    const guard = compileGuard(security, scopes)
    guards.set(dependency, guard)
    admissions[place] = [...(admissions[place] ?? []), guard]
  })
  const placesOf = (named: Dependencies = {}): Places =>
    Object.entries(named).map(([name, dependency]) => [name, ordered.indexOf(dependency)])
  const owner = `${where} dependencies`
  const steps = ordered.map((dependency, place): Step => ({
    dependency,
    place,
    needs: placesOf(dependency.options.dependencies),
    guard: guards.get(dependency),
    admissions: admissions[place] ?? [],
    toReply: compileResponses(toDeclaredResponses(dependency.options.responses, owner), owner),
  }))
  const names = placesOf(dependencies)
  const early = neededBeforeBody(ordered)
  const [first, later] = [steps.filter(({ dependency }) => early.has(dependency)), steps.filter(({ dependency }) => !early.has(dependency))]
  return {
    beforeBody: scopes.length === 0 ? runFirst : withScopes,
    afterBody: later.length === 0 ? undefined : (holder) => run(later, holder),
  }

  function runFirst(holder: DependencyHolder): MaybePromise<Reply | undefined> {
    holder.dependencyValues = []
    return run(first, holder)
  }

  function withScopes(holder: DependencyHolder): MaybePromise<Reply | undefined> {
    return after(runFirst(holder), (reply) => {
      if (reply === undefined && !holder.hasReadScopes) throw scopesNotRead(where)
      return reply
    })
  }

  /** Runs the steps from the position `at` on. */
  function run(phase: readonly Step[], holder: DependencyHolder, at = 0): MaybePromise<Reply | undefined> {
    const { dependencyValues } = holder
    holder.assertWanted()
    for (let next = at; next < phase.length; next += 1) {
      const step = phase[next]!
      for (const guard of step.admissions) guard.admit(holder)
      const value = start(step, dependencyValues, holder)
      if (isPromise(value)) return value.then((settled) => take(step, settled, holder) ?? run(phase, holder, next + 1))
      const reply = take(step, value, holder)
      if (reply !== undefined) return reply
    }
    holder.values = pick(names, dependencyValues)
    return undefined
  }
}

function take({ place, toReply }: Step, value: unknown, holder: DependencyHolder): MaybePromise<Reply> | undefined {
  if (value instanceof StatusResult) return toReply(value, holder)
  holder.dependencyValues[place] = value
  return undefined
}

/** The dependencies that run before the body: those without `afterBody`, and all that these use. */
function neededBeforeBody(ordered: readonly AnyDependency[]): ReadonlySet<AnyDependency> {
  const early = ordered.filter(({ options }) => options.afterBody !== true)
  return new Set(early.flatMap((dependency) => [dependency, ...dependenciesInOrder(dependency.options.dependencies)]))
}

function pick(places: Places, values: readonly unknown[]): Readonly<Record<string, unknown>> {
  const picked: Record<string, unknown> = {}
  for (const [name, place] of places) picked[name] = values[place]
  return picked
}

function start(step: Step, values: readonly unknown[], holder: DependencyHolder): unknown {
  const { place, needs, guard } = step
  if (guard === undefined) return provide(step, holder.contextOf(place, pick(needs, values)), holder)
  return guard.run(
    holder,
    () => holder.contextOf(place, pick(needs, values)),
    (context) => provide(step, context, holder),
  )
}

function provide({ dependency }: Step, context: object, holder: DependencyHolder): unknown {
  const { options } = dependency
  const provided = adopt(dependency.provide(context as never)) // `dependency()` has checked the type; here all dependencies have the same one
  return after(provided, (value) => (isGenerator(value) ? open(value, options.scope ?? 'handler', holder) : value))
}

/** The error for declared scopes that no dependency has read: they would protect nothing. */
function scopesNotRead(where: string): ContractError {
  return new ContractError(
    `SCOPES_NOT_READ: ${where} scopes: expected a dependency with security to read them, got none that did. Read scopes in its context and throw fail(InsufficientScope) if one is not granted.`,
  )
}

function open(generator: AnyGenerator, scope: Resource['scope'], holder: DependencyHolder): unknown {
  return after<IteratorResult<unknown>, unknown>(generator.next(), (first) => {
    if (first.done !== true) holder.hold(toResource(generator, scope))
    return first.value
  })
}

function isGenerator(value: unknown): value is AnyGenerator {
  return typeof value === 'object' && value !== null && Symbol.toStringTag in value && 'throw' in value && 'next' in value
}

function toResource(generator: AnyGenerator, scope: Resource['scope']): Resource {
  // A generator with a second `yield` would wait indefinitely, so it is ended here, which runs its `finally`.
  const end = async (last: MaybePromise<IteratorResult<unknown>>) => {
    if ((await last).done !== true) await generator.return()
  }
  return {
    scope,
    release: async (outcome) => end(generator.next(outcome)),
    releaseWith: async (error) => end(generator.throw(error)),
  }
}

function takeLast(resources: Resource[], scope: Resource['scope']): Resource | undefined {
  const index = resources.findLastIndex((resource) => resource.scope === scope)
  return index === -1 ? undefined : resources.splice(index, 1)[0]
}

/** Runs clean-ups, last opened first. Stops at one that fails: `releaseWith` then throws its error into the others. */
export async function release(resources: Resource[], scope: Resource['scope'], outcome: Outcome): Promise<void> {
  for (let resource = takeLast(resources, scope); resource !== undefined; resource = takeLast(resources, scope))
    await resource.release(outcome)
}

/**
 * Throws the error into each open generator, last opened first. Resolves to the last error, because a clean-up may throw another one. It is wrapped
 * in an object, because a thrown promise must not be awaited.
 */
export async function releaseWith(resources: Resource[], error: unknown): Promise<{ readonly thrown: unknown }> {
  let thrown = error
  for (let resource = resources.pop(); resource !== undefined; resource = resources.pop()) {
    try {
      await resource.releaseWith(thrown)
    } catch (again) {
      thrown = again
    }
  }
  return { thrown }
}
