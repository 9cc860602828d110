/** Reads what a route declares of a request, text by its declared type, and collects everything that is wrong with it. */
import type { AnyContract } from '../contract/contract.ts'
import type { AnyDependency } from '../contract/dependency.ts'
import type { Shape } from '../contract/shape.ts'
import { RequestError, type InputProblem } from '../errors/framework-errors.ts'
import type { Incoming } from '../http/incoming.ts'
import { parseList } from '../http/list.ts'
import { isSchema, type AnySchema } from '../schema/schema.ts'
import type { InputResult } from '../schema/issue.ts'
import { compileTextReader, compileTextObjectReader, type Split, type TextObjectReader } from '../schema/text.ts'
import { compileBody } from './body.ts'
import { RequestTexts, type LocationKey } from './texts.ts'

/** What was read, by location. */
export interface Inputs {
  params: unknown
  query: unknown
  headers: unknown
  cookies: unknown
}

/** Where the inputs go. */
export interface InputTarget extends Inputs {
  body: unknown
  dependencyInputs: ReadonlyMap<AnyDependency, Inputs> | undefined
  /** What must be undone when the answer is complete or has failed. */
  readonly resources: { push(resource: { readonly scope: 'response'; release(): unknown }): unknown }
}

/** Throws a `RequestError`: 400, 413, 415, 422. A promise only where there is a body or an asynchronous schema. */
export type ReadInput = (incoming: Incoming, pathParams: Readonly<Record<string, string>>, target: InputTarget) => void | Promise<void>

/** One request's reading: what is wrong so far, and what is still being read. */
class Reading {
  readonly texts: RequestTexts
  readonly problems: InputProblem[] = []
  readonly pending: Promise<void>[] = []

  constructor(texts: RequestTexts) {
    this.texts = texts
  }

  /** Puts what was read in its place, at once or when it is there. */
  take<Place extends string>(
    result: InputResult | Promise<InputResult>,
    location: readonly string[],
    target: { [Name in Place]: unknown },
    place: Place,
  ): void {
    if (result instanceof Promise) this.pending.push(result.then((settled) => this.take(settled, location, target, place)))
    else if (result.issues === undefined) target[place] = result.value
    else for (const { path, code, message } of result.issues) this.problems.push({ location: [...location, ...path], code, message })
  }

  /** Throws a `RequestError` 422, or rejects with it, where something is wrong. */
  settle(): void | Promise<void> {
    const { pending } = this
    return pending.length === 0 ? this.#refuse() : Promise.all(pending).then(() => this.#refuse())
  }

  /** As `settle`, with the body, which comes last. */
  settleWith(body: InputResult | Promise<InputResult>, target: InputTarget): void | Promise<void> {
    // Nearly always nothing else is awaited, and one promise will do.
    if (body instanceof Promise && this.pending.length === 0) return body.then((settled) => this.settleWith(settled, target))
    this.take(body, BODY, target, 'body')
    return this.settle()
  }

  #refuse(): void {
    const { problems } = this
    if (problems.length > 0) throw new RequestError(422, 'The request does not fit its declared inputs', { problems })
  }
}

/** How a list is written where a name has one text: OpenAPI's style `simple`. */
const SPLITS: Readonly<Partial<Record<LocationKey, Split>>> = { params: (text) => text.split(','), headers: parseList }

/** The names that error bodies use. */
const LOCATION_NAMES = { params: 'path', query: 'query', headers: 'header', cookies: 'cookie' } as const
const BODY = ['body']
const KEYS = Object.keys(LOCATION_NAMES) as readonly LocationKey[]

interface Shapes {
  readonly params?: Shape | undefined
  readonly query?: Shape | undefined
  readonly headers?: Shape | undefined
  readonly cookies?: Shape | undefined
}

export function compileInput(contract: AnyContract, dependencies: Iterable<AnyDependency>, bodyLimitBytes: number): ReadInput {
  const readOwn = compileShapes(contract)
  const ofDependencies = [...dependencies].map((dependency) => [dependency, compileShapes(dependency.options)] as const)
  const readBody = contract.body === undefined ? undefined : compileBody(contract.body, contract.bodyLimitBytes ?? bodyLimitBytes)
  const readsNothing = readOwn === undefined && readBody === undefined && ofDependencies.every(([, read]) => read === undefined)

  return (incoming, pathParams, target) => {
    target.params = pathParams
    if (readsNothing) return undefined
    const reading = new Reading(new RequestTexts(incoming, pathParams))
    try {
      readOwn?.(reading, target)
      if (ofDependencies.length > 0) target.dependencyInputs = readForDependencies(reading)
      if (readBody !== undefined) {
        const cleanUp = (action: () => unknown) => target.resources.push({ scope: 'response', release: action })
        return reading.settleWith(readBody(incoming, cleanUp), target)
      }
      return reading.settle()
    } catch (error) {
      // Nobody will wait for what has begun.
      void Promise.allSettled(reading.pending)
      throw error
    }
  }

  function readForDependencies(reading: Reading) {
    const inputs = new Map<AnyDependency, Inputs>()
    for (const [dependency, read] of ofDependencies) {
      const own: Inputs = { params: {}, query: {}, headers: {}, cookies: {} }
      read?.(reading, own)
      inputs.set(dependency, own)
    }
    return inputs
  }
}

type ReadShapes = (reading: Reading, target: Inputs) => void

function compileShapes(shapes: Shapes): ReadShapes | undefined {
  const readers = KEYS.flatMap((key) => {
    const shape = shapes[key]
    return shape === undefined || (!isSchema(shape) && Object.keys(shape).length === 0) ? [] : [compileShape(key, shape)]
  })
  if (readers.length === 0) return undefined
  return (reading, target) => {
    for (const read of readers) read(reading, target)
  }
}

function compileShape(key: LocationKey, shape: Shape): ReadShapes {
  return isSchema(shape) ? compileObject(key, compileTextObjectReader(shape, SPLITS[key])) : compileRecord(key, shape)
}

function compileObject(key: LocationKey, read: TextObjectReader): ReadShapes {
  const location = [LOCATION_NAMES[key]]
  return (reading, target) => reading.take(read(reading.texts.all(key)), location, target, key)
}

function compileRecord(key: LocationKey, shape: Readonly<Record<string, AnySchema>>): ReadShapes {
  const fields = Object.entries(shape).map(([name, schema]) => ({
    name,
    read: compileTextReader(schema, SPLITS[key]).read,
    location: [LOCATION_NAMES[key], name],
  }))
  return (reading, target) => {
    const values: Record<string, unknown> = {}
    target[key] = values
    for (const { name, read, location } of fields) reading.take(read(reading.texts.of(key, name)), location, values, name)
  }
}
