/** Reads what a route declares of a request, text by its declared type, and collects everything that is wrong with it. */
import type { AnyContract } from '../contract/contract.ts'
import type { AnyDependency } from '../contract/dependency.ts'
import type { Shape } from '../contract/shape.ts'
import { RequestFault, type InputProblem } from '../errors/faults.ts'
import { parseCookies } from '../http/cookies.ts'
import type { Incoming } from '../http/incoming.ts'
import { parseList } from '../http/list.ts'
import { parseQuery } from '../http/query.ts'
import { isSchema, type AnySchema } from '../schema/schema.ts'
import type { InputResult } from '../schema/issue.ts'
import { compileTextReader, compileTextObjectReader, type Split, type TextMap, type TextObjectReader } from '../schema/text.ts'
import { compileBody } from './body.ts'

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

/** Throws a `RequestFault`: 400, 413, 415, 422. A promise only where there is a body or an asynchronous schema. */
export type ReadInput = (incoming: Incoming, pathParams: Readonly<Record<string, string>>, target: InputTarget) => void | Promise<void>

/** One request's reading: what is wrong so far, and what is still being read. */
interface Reading {
  readonly textsOf: (key: LocationKey) => TextMap
  readonly problems: InputProblem[]
  readonly pending: Promise<void>[]
}

type LocationKey = keyof Inputs

/** How a list is written where a name has one text: OpenAPI's style `simple`. */
const SPLITS: Readonly<Partial<Record<LocationKey, Split>>> = { params: (text) => text.split(','), headers: parseList }

/** The names that error bodies use. */
const LOCATION_NAMES = { params: 'path', query: 'query', headers: 'header', cookies: 'cookie' } as const
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
    const reading: Reading = { textsOf: splitOnce(incoming, pathParams), problems: [], pending: [] }
    readOwn?.(reading, target)
    if (ofDependencies.length > 0) target.dependencyInputs = readForDependencies(reading)
    if (readBody !== undefined) {
      const cleanUp = (action: () => unknown) => target.resources.push({ scope: 'response', release: action })
      reading.pending.push(takeBody(readBody(incoming, cleanUp), reading, target))
    }
    if (reading.pending.length === 0) return refuse(reading.problems)
    return Promise.all(reading.pending).then(() => refuse(reading.problems))
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

function refuse(problems: readonly InputProblem[]): void {
  if (problems.length > 0) throw new RequestFault(422, 'The request does not fit its declared inputs', { problems })
}

async function takeBody(body: Promise<InputResult>, { problems }: Reading, target: InputTarget): Promise<void> {
  const result = await body
  if (result.issues === undefined) target.body = result.value
  else for (const { path, code, message } of result.issues) problems.push({ location: ['body', ...path], code, message })
}

/** A location is split into its texts when the first name of it is read. */
function splitOnce(incoming: Incoming, pathParams: Readonly<Record<string, string>>): Reading['textsOf'] {
  const split: Partial<Record<LocationKey, TextMap>> = {}
  return (key) => (split[key] ??= splitLocation(key, incoming, pathParams))
}

function splitLocation(key: LocationKey, incoming: Incoming, pathParams: Readonly<Record<string, string>>): TextMap {
  switch (key) {
    case 'params':
      return toTextMap(
        (name) => pathParams[name],
        () => Object.keys(pathParams),
      )
    case 'query':
      return queryOf(incoming)
    case 'headers':
      return toTextMap(
        (name) => incoming.header(name.toLowerCase()),
        () => Array.from(incoming.headers(), ([name]) => name),
      )
    case 'cookies': {
      const cookies = parseCookies(incoming.header('cookie') ?? '')
      return toTextMap(
        (name) => cookies[name],
        () => Object.keys(cookies),
      )
    }
  }
}

/** Of a location where a name has one text. */
function toTextMap(textOf: (name: string) => string | undefined, keys: TextMap['keys']): TextMap {
  return {
    get(name) {
      const text = textOf(name)
      return text === undefined ? undefined : [text]
    },
    keys,
  }
}

function queryOf({ search }: Incoming): TextMap {
  const query = parseQuery(search)
  if (query === undefined) throw new RequestFault(400, 'The query has too many parameters')
  return query
}

const NO_TEXTS: readonly string[] = []

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
  return (reading, target) => {
    take(read(reading.textsOf(key)), reading, [LOCATION_NAMES[key]], (value) => {
      target[key] = value
    })
  }
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
    const texts = reading.textsOf(key)
    for (const { name, read, location } of fields) {
      take(read(texts.get(name) ?? NO_TEXTS), reading, location, (value) => {
        values[name] = value
      })
    }
  }
}

function take(
  result: InputResult | Promise<InputResult>,
  reading: Reading,
  location: readonly string[],
  put: (value: unknown) => void,
): void {
  if (result instanceof Promise) {
    reading.pending.push(result.then((settled) => take(settled, reading, location, put)))
  } else if (result.issues === undefined) put(result.value)
  else for (const { path, code, message } of result.issues) reading.problems.push({ location: [...location, ...path], code, message })
}
