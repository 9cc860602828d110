/** Reads the text inputs that a route and its dependencies declare, then the body, and collects every problem for one 422. */
import type { AnyDependency } from '../contract/dependency.ts'
import type { Shape } from '../contract/inputs.ts'
import type { Incoming } from '../http/incoming.ts'
import { parseListValues } from '../http/list.ts'
import type { MaybePromise } from '../maybe-promise.ts'
import { within } from '../schema/declaration-error.ts'
import { isSchema, type AnySchema } from '../schema/schema.ts'
import type { InputResult } from '../schema/issue.ts'
import { holdsNul, NUL, nulIssue } from '../schema/nul.ts'
import { compileTextReader } from '../schema/text.ts'
import { compileBracketReader, compileTextObjectReader, type TextObjectReader, type TextMap } from '../schema/text-objects.ts'
import { Problems } from './problems.ts'
import { requestError } from '../errors/framework-errors.ts'
import { parseCookies } from '../http/cookies.ts'
import { parseQuery } from '../http/request-url.ts'

export type PathParams = Readonly<Record<string, string>>

/** An undeclared location is an empty object, as its type says. */
const EMPTY: object = Object.freeze({})

/** The text inputs of a route or of one dependency. */
export class TextInputs {
  params: unknown = EMPTY
  query: unknown = EMPTY
  headers: unknown = EMPTY
  cookies: unknown = EMPTY
  /** At least one of them does not fit its model. */
  isWrong = false
}

/** The inputs of a route or dependency that declares none. */
export const NO_INPUTS: Readonly<TextInputs> = Object.freeze(new TextInputs())

/** The text inputs that were read from one request, and their problems. */
export class Reading {
  readonly route = new TextInputs()
  /** In the order in which the dependencies run. */
  readonly dependencies: TextInputs[] = []
  readonly #texts: RequestTexts
  readonly #pathParams: PathParams
  /** Not set if every input is valid. */
  problems: Problems | undefined = undefined
  readonly #maxIssues: number
  readonly #pending: Promise<void>[] = []

  constructor(incoming: Incoming, pathParams: PathParams, maxIssues: number) {
    this.#maxIssues = maxIssues
    this.#texts = new RequestTexts(incoming, pathParams)
    this.#pathParams = pathParams
    this.route.params = pathParams
  }

  /** Runs the readers and collects the problems. Returns a promise only for asynchronous models. */
  read(readers: readonly ReadShapes[], readRoute: ReadShapes): MaybePromise<this> {
    try {
      readRoute(this, this.route)
      for (const read of readers) {
        const inputs = new TextInputs()
        this.dependencies.push(inputs)
        read(this, inputs)
      }
    } catch (error) {
      // An asynchronous model that has started may reject: without this line its rejection would be unhandled.
      void Promise.allSettled(this.#pending)
      throw error
    }
    return this.#pending.length === 0 ? this : Promise.all(this.#pending).then(() => this)
  }

  textsOf(key: LocationKey, name: string): readonly string[] {
    return this.#texts.of(key, name)
  }

  allTexts(key: LocationKey): ReturnType<RequestTexts['all']> {
    return this.#texts.all(key)
  }

  /** The object for the values of a location. The route's `params` also get undeclared path parameters. */
  recordFor(key: LocationKey, owner: TextInputs): Record<string, unknown> {
    return key === 'params' && owner === this.route ? { ...this.#pathParams } : {}
  }

  /** Passes a value to `put`, or adds its issues to the problems. */
  take(result: MaybePromise<InputResult>, location: readonly string[], owner: TextInputs, put: (value: unknown) => void): void {
    if (result instanceof Promise) this.#pending.push(result.then((settled) => this.take(settled, location, owner, put)))
    else if (result.issues === undefined) put(result.value)
    else {
      owner.isWrong = true
      this.problems ??= new Problems(this.#maxIssues)
      this.problems.add(result, location)
    }
  }
}

/** How one text is split into a list: OpenAPI's style `simple`. */
const SPLITS: Readonly<Partial<Record<LocationKey, (text: string) => readonly string[]>>> = {
  params: (text) => text.split(','),
  headers: parseListValues,
}

/** The names that error bodies use. */
const LOCATION_NAMES = { params: 'path', query: 'query', headers: 'header', cookies: 'cookie' } as const
const KEYS = Object.keys(LOCATION_NAMES) as readonly LocationKey[]

interface Shapes {
  readonly params?: Shape | undefined
  readonly query?: Shape | undefined
  readonly headers?: Shape | undefined
  readonly cookies?: Shape | undefined
}

interface TextSettings {
  readonly maxIssues: number
  /** The parameters in the path of the route. */
  readonly pathNames: readonly string[]
}

/** Throws a `RequestError` 400 for a query with too many parameters. */
export type ReadTexts = (incoming: Incoming, pathParams: PathParams) => MaybePromise<Reading | undefined>

/** `undefined` if neither the route nor a dependency declares a text input. */
export function compileTexts(
  shapes: Shapes,
  dependencies: readonly AnyDependency[],
  { maxIssues, pathNames }: TextSettings,
): ReadTexts | undefined {
  const readRoute = compileShapes(shapes)
  const readers = dependencies.map(({ options }) => compileShapes(options))
  const readPath = compileUndeclared(pathNames, [shapes, ...dependencies.map(({ options }) => options)])
  if ([readRoute, ...readers].every((read) => read === undefined)) {
    // An undeclared path parameter can only be wrong if it contains a NUL, so nothing else is read.
    return readPath && ((incoming, params) => (holdsNul(params) ? new Reading(incoming, params, maxIssues).read([], readPath) : undefined))
  }
  const all = readers.map((read) => read ?? readNothing)
  const readOwn: ReadShapes = (reading, owner) => {
    readRoute?.(reading, owner)
    readPath?.(reading, owner)
  }
  return (incoming, pathParams) => new Reading(incoming, pathParams, maxIssues).read(all, readOwn)
}

/** Checks the path parameters that neither the route nor a dependency declares. `undefined` if all are declared. */
function compileUndeclared(pathNames: readonly string[], declarations: readonly Shapes[]): ReadShapes | undefined {
  const isDeclared = (name: string) => declarations.some(({ params = {} }) => isSchema(params) || Object.hasOwn(params, name))
  const fields = pathNames.filter((name) => !isDeclared(name)).map((name) => ({ name, location: [LOCATION_NAMES.params, name] }))
  if (fields.length === 0) return undefined
  return (reading, owner) => {
    for (const { name, location } of fields) {
      const [text = ''] = reading.textsOf('params', name)
      if (text.includes(NUL)) reading.take({ issues: [nulIssue([])] }, location, owner, ignore)
    }
  }
}

const ignore = () => {}

type ReadShapes = (reading: Reading, owner: TextInputs) => void

const readNothing: ReadShapes = () => {}

function compileShapes(shapes: Shapes): ReadShapes | undefined {
  const readers = KEYS.flatMap((key) => {
    const shape = shapes[key]
    return shape === undefined || (!isSchema(shape) && Object.keys(shape).length === 0) ? [] : [within(key, () => compileShape(key, shape))]
  })
  if (readers.length === 0) return undefined
  return (reading, owner) => {
    for (const read of readers) read(reading, owner)
  }
}

function compileShape(key: LocationKey, shape: Shape): ReadShapes {
  return isSchema(shape)
    ? compileObject(key, compileTextObjectReader(shape, { split: SPLITS[key], brackets: key === 'query' }))
    : compileRecord(key, shape)
}

function compileObject(key: LocationKey, read: TextObjectReader): ReadShapes {
  const location = [LOCATION_NAMES[key]]
  return (reading, owner) =>
    reading.take(read(reading.allTexts(key)), location, owner, (value) => {
      owner[key] = value
    })
}

type ReadName = (reading: Reading) => MaybePromise<InputResult>

/** In a query, `name[member]` is a member of an object. */
function compileName(key: LocationKey, name: string, schema: AnySchema): ReadName {
  const readMembers = key === 'query' ? compileBracketReader(schema) : undefined
  if (readMembers !== undefined) return (reading) => readMembers(reading.allTexts(key), name)
  const { read } = compileTextReader(schema, { split: SPLITS[key] })
  return (reading) => read(reading.textsOf(key, name))
}

function compileRecord(key: LocationKey, shape: Readonly<Record<string, AnySchema>>): ReadShapes {
  const fields = Object.entries(shape).map(([name, schema]) => ({
    name,
    read: within(name, () => compileName(key, name, schema)),
    location: [LOCATION_NAMES[key], name],
  }))
  return (reading, owner) => {
    const values = reading.recordFor(key, owner)
    owner[key] = values
    for (const { name, read, location } of fields) {
      reading.take(read(reading), location, owner, (value) => {
        values[name] = value
      })
    }
  }
}

export type LocationKey = 'params' | 'query' | 'headers' | 'cookies'

const NONE: readonly string[] = []

export class RequestTexts {
  readonly #incoming: Incoming
  readonly #params: Readonly<Record<string, string>>
  #query: ReadonlyMap<string, readonly string[]> | undefined = undefined
  #cookies: Readonly<Record<string, string | undefined>> | undefined = undefined

  constructor(incoming: Incoming, params: Readonly<Record<string, string>>) {
    this.#incoming = incoming
    this.#params = params
  }

  /** The values of a name: several if it was repeated. Throws a `RequestError` 400 for a query with too many parameters. */
  of(key: LocationKey, name: string): readonly string[] {
    switch (key) {
      case 'params':
        return oneOrNone(this.#params[name])
      case 'query':
        return this.#queryMap().get(name) ?? NONE
      case 'headers':
        return oneOrNone(this.#incoming.header(name.toLowerCase()))
      case 'cookies':
        return oneOrNone(this.#cookieMap()[name])
    }
  }

  /** All values of a location, for a model that accepts any names. */
  all(key: LocationKey): TextMap {
    return { get: (name) => this.of(key, name), keys: () => this.#names(key) }
  }

  #names(key: LocationKey): Iterable<string> {
    switch (key) {
      case 'params':
        return Object.keys(this.#params)
      case 'query':
        return this.#queryMap().keys()
      case 'headers':
        return Array.from(this.#incoming.headers(), ([name]) => name)
      case 'cookies':
        return Object.keys(this.#cookieMap())
    }
  }

  #queryMap(): ReadonlyMap<string, readonly string[]> {
    this.#query ??= parseQuery(this.#incoming.search)
    if (this.#query === undefined) throw requestError(400, 'The query has too many parameters')
    return this.#query
  }

  #cookieMap(): Readonly<Record<string, string | undefined>> {
    return (this.#cookies ??= parseCookies(this.#incoming.header('cookie') ?? ''))
  }
}

function oneOrNone(text: string | undefined): readonly string[] {
  return text === undefined ? NONE : [text]
}
