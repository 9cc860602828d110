/** The inputs of an operation: a simple valid base, and variants that differ from it at one place. */
import type { Content, Operation, Parameter, PlacedSchema } from '../document/operation.ts'
import { typesOf, type Schema } from '../document/schema.ts'
import type { Validator } from '../model/validator.ts'
import { toArbitrary, sample, seedFor, type Aim } from './arbitrary.ts'
import { isWritable, NO_INPUTS, withValue, type Inputs } from './request.ts'
import { boundariesOf, textViolations, violationsOf, labelOf, placesOf, replaceAt } from './variations.ts'
import { flatten } from './merge.ts'

export interface Generation {
  readonly root: unknown
  readonly validator: Validator
  readonly seed: number
  /** Ids that responses contain, for a parameter of an operation. */
  readonly learned: (operation: Operation, parameter: Parameter) => readonly unknown[]
}

interface Base {
  readonly inputs: Inputs
  /** Required places for which no valid value could be generated: `body`, `query.from`. */
  readonly missing: readonly string[]
}

const TRIES = 30

/** `isFull`: optional inputs are generated too, so that there are more places to vary. */
export function makeBase(generation: Generation, operation: Operation, content: Content | undefined, isFull: boolean): Base {
  const missing: string[] = []
  let inputs: Inputs = NO_INPUTS
  for (const parameter of operation.parameters) {
    if (!parameter.required && (!isFull || refusesVariants(parameter))) continue
    const value = valueFor(generation, operation, parameter)
    if (value !== undefined) inputs = withValue(inputs, parameter.in, parameter.name, value)
    else if (parameter.required) missing.push(`${parameter.in}.${parameter.name}`)
  }
  if (content === undefined) return { inputs, missing }
  const value = bodyFor(generation, operation, content, isFull)
  if (value === undefined) return operation.body?.required === true ? { inputs, missing: [...missing, 'body'] } : { inputs, missing }
  return { inputs: { ...inputs, body: { mediaType: content.mediaType, value } }, missing }
}

/** A server may refuse variants of a request with the same Idempotency-Key, or with a cursor of another list. */
function refusesVariants(parameter: Parameter): boolean {
  return parameter.isCursor || (parameter.in === 'header' && parameter.name.toLowerCase() === 'idempotency-key')
}

function valueFor(generation: Generation, operation: Operation, parameter: Parameter): unknown {
  const [learned] = generation.learned(operation, parameter)
  if (learned !== undefined) return learned
  const fitting = parameter.examples.find(
    (example) => parameter.schema === undefined || generation.validator.fits(parameter.schema, example, 'request'),
  )
  if (fitting !== undefined) return fitting
  if (parameter.schema === undefined) return 'check'
  const aim: Aim = { root: generation.root, isPlain: isPlainPlace(parameter), isLeast: true }
  return firstFitting(generation, parameter.schema, aim, seedFor(generation.seed, operation.key, parameter.in, parameter.name))
}

function bodyFor(generation: Generation, operation: Operation, { schema, examples, mediaType }: Content, isFull: boolean): unknown {
  const fitting = examples.find((example) => schema === undefined || generation.validator.fits(schema, example, 'request'))
  if (fitting !== undefined) return fitting
  if (schema === undefined) return 'check'
  const seed = seedFor(generation.seed, operation.key, 'body', mediaType)
  const least: Aim = { root: generation.root, isPlain: false, isLeast: true }
  if (!isFull) return firstFitting(generation, schema, least, seed)
  const samples = sample(toArbitrary(schema.schema, { root: generation.root, isPlain: true }), seed, TRIES)
  const bySize = samples.map((value) => ({ value, size: JSON.stringify(value).length })).toSorted((a, b) => b.size - a.size)
  // The largest valid value has the most places to vary.
  const largest = bySize.find(({ value }) => generation.validator.fits(schema, value, 'request'))
  return largest === undefined ? firstFitting(generation, schema, least, seed) : largest.value
}

function firstFitting(generation: Generation, schema: PlacedSchema, aim: Aim, seed: number): unknown {
  const isFitting = (value: unknown) => generation.validator.fits(schema, value, 'request')
  const plain = sample(toArbitrary(schema.schema, aim), seed, TRIES).find(isFitting)
  return plain ?? sample(toArbitrary(schema.schema, { ...aim, isLeast: false }), seed + 1, TRIES * 3).find(isFitting)
}

/** Whether characters such as a comma or a slash have a special meaning in the parameter. */
export function isPlainPlace({ in: location, explode, schema }: Parameter): boolean {
  return location !== 'query' || (!explode && isList(schema?.schema))
}

function isList(schema: Schema | undefined): boolean {
  return typeof schema === 'object' && schema.type !== 'string'
}

/** The contents of the body whose media type the check can write. */
export function writableContents({ body }: Operation): readonly Content[] {
  return (body?.contents ?? []).filter(({ mediaType }) => isWritable(mediaType))
}

export interface Variant {
  readonly inputs: Inputs
  /** How the inputs differ from the base: `body.name: 0 characters`. */
  readonly what: string
}

interface Variable {
  readonly operation: Operation
  readonly content: Content | undefined
  readonly base: Inputs
}

export function* examples({ operation, content, base }: Variable): Generator<Variant> {
  for (const { name, in: location, examples: values } of operation.parameters)
    for (const value of values)
      yield { inputs: withValue(base, location, name, value), what: `${location}.${name}: an example of the document` }
  for (const value of content?.examples ?? [])
    yield { inputs: { ...base, body: { mediaType: content!.mediaType, value } }, what: 'body: an example of the document' }
}

export function* boundaries({ root }: Generation, { operation, content, base }: Variable): Generator<Variant> {
  for (const { name, in: location, required, schema } of operation.parameters) {
    if (!required) yield { inputs: withValue(base, location, name, undefined), what: `${location}.${name}: left out` }
    for (const place of placesOf(root, schema?.schema ?? true, base[location][name]))
      for (const { path, value, what } of boundariesOf(place))
        yield {
          inputs: withValue(base, location, name, replaceAt(base[location][name], path, value)),
          what: `${labelOf(`${location}.${name}`, path)}: ${what}`,
        }
  }
  if (operation.body?.required === false) yield { inputs: { ...base, body: undefined }, what: 'no body' }
  const { body } = base
  if (content?.schema === undefined || body === undefined) return
  for (const place of placesOf(root, content.schema.schema, body.value))
    for (const { path, value, what } of boundariesOf(place))
      yield { inputs: { ...base, body: { ...body, value: replaceAt(body.value, path, value) } }, what: `${labelOf('body', path)}: ${what}` }
}

export function* violations(generation: Generation, { operation, content, base }: Variable): Generator<Variant> {
  for (const parameter of operation.parameters) yield* parameterViolations(generation, parameter, base)
  const { body } = base
  if (body === undefined || content === undefined) return
  if (operation.body?.required === true) yield { inputs: { ...base, body: undefined }, what: 'no body' }
  const isJSONBody = body.mediaType.endsWith('json')
  if (isJSONBody) yield { inputs: { ...base, body: { ...body, raw: '{"cut": ' } }, what: 'content of the body: JSON that ends too early' }
  yield {
    inputs: { ...base, body: { mediaType: 'application/x-riposte-check', value: '', raw: 'undeclared' } },
    what: 'media type of the body: one that is not declared',
  }
  if (content.schema === undefined || !isJSONBody) return
  for (const place of placesOf(generation.root, content.schema.schema, body.value)) {
    for (const { path, value, what } of violationsOf(place)) {
      const next = { ...base, body: { ...body, value: replaceAt(body.value, path, value) } }
      if (!generation.validator.fits(content.schema, next.body.value, 'request'))
        yield { inputs: next, what: `${labelOf('body', path)}: ${what}` }
    }
  }
}

/** Parameters are text, so only violations that text can have are generated: of numbers, limits, lengths and options. */
function* parameterViolations({ root, validator }: Generation, parameter: Parameter, base: Inputs): Generator<Variant> {
  const { name, in: location, required, schema, mediaType } = parameter
  if (required && location !== 'path') yield { inputs: withValue(base, location, name, undefined), what: `${location}.${name}: left out` }
  const flat = schema === undefined ? true : flatten(schema.schema, { root })
  if (schema === undefined || typeof flat === 'boolean' || mediaType !== undefined) return
  const types = typesOf(flat)
  const isNumber =
    types.length > 0 && types.every((type) => type === 'integer' || type === 'number' || type === 'null' || type === 'boolean')
  if (isNumber)
    yield { inputs: withValue(base, location, name, 'n0tanumber'), what: `${location}.${name}: text instead of ${types.join(' or ')}` }
  for (const { value, what } of textViolations(flat)) {
    if (!validator.fits(schema, value, 'request'))
      yield { inputs: withValue(base, location, name, value), what: `${location}.${name}: ${what}` }
  }
}
