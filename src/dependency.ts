/** Resolves a route's dependencies: each once per request, in parallel where one does not need the other. */
import type { AnyDependency } from './contract/dependency.ts'
import type { Dependencies } from './contract/dependency.ts'

/** What a generator holds until it is released. */
export interface Resource {
  readonly scope: 'handler' | 'response'
  /** Runs the clean-up; with an error, throws it at the `yield` first. */
  release(error?: unknown): unknown
}

/** What resolving needs of a request's context. */
export interface DependencyHolder {
  /** Generators in the order in which they were opened. */
  readonly resources: Resource[]
  /** The context as a dependency sees it: with its own inputs and the values of what it uses. */
  viewOf(dependency: AnyDependency, values: Readonly<Record<string, unknown>>): unknown
}

type AnyGenerator = Generator<unknown, void, void> | AsyncGenerator<unknown, void, void>

function isGenerator(value: unknown): value is AnyGenerator {
  return typeof value === 'object' && value !== null && Symbol.toStringTag in value && 'throw' in value && 'next' in value
}

/** Puts the values of `dependencies` onto the handler's context. */
export async function resolveDependencies(dependencies: Dependencies, context: DependencyHolder): Promise<void> {
  const values = await resolveAll(dependencies, context, new Map())
  Object.assign(context, values)
}

type Resolving = Map<AnyDependency, Promise<unknown>>

async function resolveAll(dependencies: Dependencies, context: DependencyHolder, resolving: Resolving): Promise<Record<string, unknown>> {
  const names = Object.keys(dependencies)
  // All are waited for, also when one fails: a generator that is still opening must be there to be released.
  const settled = await Promise.allSettled(names.map((name) => resolveOnce(dependencies[name]!, context, resolving)))
  const values: Record<string, unknown> = {}
  for (const [index, outcome] of settled.entries()) {
    if (outcome.status === 'rejected') throw outcome.reason
    values[names[index]!] = outcome.value
  }
  return values
}

function resolveOnce(dependency: AnyDependency, context: DependencyHolder, resolving: Resolving): Promise<unknown> {
  let value = resolving.get(dependency)
  if (value === undefined) resolving.set(dependency, (value = resolve(dependency, context, resolving)))
  return value
}

async function resolve(dependency: AnyDependency, context: DependencyHolder, resolving: Resolving): Promise<unknown> {
  const { dependencies = {}, scope = 'handler' } = dependency.options
  const values = await resolveAll(dependencies, context, resolving)
  const provided = await dependency.provide(context.viewOf(dependency, values) as never) // typed where it was declared: here all dependencies are alike
  if (!isGenerator(provided)) return provided
  const first = await provided.next()
  if (first.done !== true) context.resources.push(toResource(provided, scope))
  return first.value
}

function toResource(generator: AnyGenerator, scope: Resource['scope']): Resource {
  return {
    scope,
    async release(...error) {
      const last = error.length === 0 ? await generator.next() : await generator.throw(error[0])
      // A second `yield` would wait for ever: its `finally` runs now.
      if (last.done !== true) await generator.return()
    },
  }
}

function takeLast(resources: Resource[], scope: Resource['scope']): Resource | undefined {
  const index = resources.findLastIndex((resource) => resource.scope === scope)
  return index === -1 ? undefined : resources.splice(index, 1)[0]
}

/** Runs clean-ups, last opened first. Stops at one that fails: the others then hear of its error. */
export async function release(resources: Resource[], scope: Resource['scope']): Promise<void> {
  for (let resource = takeLast(resources, scope); resource !== undefined; resource = takeLast(resources, scope)) await resource.release()
}

/**
 * Throws the error into everything still open, last opened first. Gives what came out of it: a clean-up may have made another of it.
 * In a box: what was thrown may be a promise, which nobody shall wait for.
 */
export async function releaseWith(resources: Resource[], error: unknown): Promise<{ readonly thrown: unknown }> {
  let thrown = error
  for (let resource = resources.pop(); resource !== undefined; resource = resources.pop()) {
    try {
      await resource.release(thrown)
    } catch (again) {
      thrown = again
    }
  }
  return { thrown }
}
