/** Generates the base of an operation: simple valid inputs that boundaries and violations vary. */
import { isCursor, type Content, type Operation, type Parameter, type PlacedSchema } from '../document/operation.ts'
import type { Schema } from '../document/schema.ts'
import type { Validator } from '../model/validator.ts'
import { toArbitrary, type Aim } from './arbitrary.ts'
import { isWritable } from './encode-body.ts'
import { NO_INPUTS, withValue, type Inputs } from './inputs.ts'
import { sample, seedFor } from './sample.ts'

export interface Generation {
  readonly root: unknown
  readonly validator: Validator
  readonly seed: number
  /** Ids that responses contain, for a parameter of an operation. */
  readonly learned: (operation: Operation, parameter: Parameter) => readonly unknown[]
}

export interface Base {
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
  return isCursor(parameter) || (parameter.in === 'header' && parameter.name.toLowerCase() === 'idempotency-key')
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
