/** All requests that are generated for one operation. The same seed gives the same ones. */
import fc from 'fast-check'
import type { Content, Operation, Parameter } from '../document/operation.ts'
import { toArbitrary } from './arbitrary.ts'
import { isPlainPlace, makeBase, writableContents, type Generation } from './base.ts'
import { boundariesOf } from './boundary.ts'
import type { Candidate, Phase } from './candidate.ts'
import { encodeRequest } from './encode.ts'
import { flatten } from './merge.ts'
import { NO_INPUTS, replaceAt, withValue, type Inputs } from './inputs.ts'
import { textViolations, violationsOf } from './invalid.ts'
import { sample, seedFor } from './sample.ts'

export interface PlanOptions {
  /** The phases that are made. */
  readonly phases: ReadonlySet<Phase>
  /** Random requests. */
  readonly count: number
}

export interface Plan {
  readonly candidates: readonly Candidate[]
  /** Required places for which no valid value was found. */
  readonly needsExample: readonly string[]
  /** Media types of the body that the check can't write. */
  readonly unwritable: readonly string[]
}

/** Enough for every property of a large body, and few enough for a document of a thousand operations. */
const MOST_BOUNDARIES = 80
const MOST_VIOLATIONS = 60

export function makePlan(generation: Generation, operation: Operation, { phases, count }: PlanOptions): Plan {
  const contents = writableContents(operation)
  const places: readonly (Content | undefined)[] = operation.body === undefined || contents.length === 0 ? [undefined] : contents
  const seen = new Set<string>()
  const candidates: Candidate[] = []
  const needsExample = new Set<string>()
  const add = (phase: Phase, inputs: Inputs, what: string, isInvalid = false): boolean => {
    const wire = encodeRequest(operation, inputs)
    if (wire === undefined) return false
    const key = `${wire.path}\n${JSON.stringify(wire.headers)}\n${wire.body === undefined ? '' : Buffer.from(wire.body).toString('latin1')}`
    if (seen.has(key)) return false
    seen.add(key)
    const verdict = isInvalid ? 'invalid' : fits(generation, operation, inputs) ? 'valid' : 'invalid'
    if (verdict === 'invalid' && !isInvalid) return false
    candidates.push({ operation, phase, verdict, what, inputs, wire })
    return true
  }
  for (const content of places) {
    const least = makeBase(generation, operation, content, false)
    for (const place of least.missing) needsExample.add(place)
    if (least.missing.length > 0) continue
    const full = makeBase(generation, operation, content, true)
    add('examples', least.inputs, 'only what is required')
    if (phases.has('examples')) for (const { inputs, what } of examples(operation, content, full.inputs)) add('examples', inputs, what)
    add('examples', full.inputs, 'every input')
    if (phases.has('boundaries'))
      addSome(boundaries(generation, operation, content, full.inputs), MOST_BOUNDARIES, ({ inputs, what }) =>
        add('boundaries', inputs, what),
      )
    if (phases.has('random')) addRandom(generation, operation, content, { count: Math.ceil(count / places.length), add })
    if (phases.has('invalid'))
      addSome(violations(generation, operation, content, full.inputs), MOST_VIOLATIONS, ({ inputs, what }) =>
        add('invalid', inputs, what, true),
      )
  }
  const unwritable = contents.length === 0 ? (operation.body?.contents ?? []).map(({ mediaType }) => mediaType) : []
  return { candidates, needsExample: [...needsExample], unwritable }
}

interface Variant {
  readonly inputs: Inputs
  readonly what: string
}

function addSome(variants: Iterable<Variant>, most: number, add: (variant: Variant) => boolean): void {
  let added = 0
  for (const variant of variants) if (add(variant) && ++added >= most) return
}

/** Whether the document allows the inputs. */
export function fits({ validator }: Generation, operation: Operation, inputs: Inputs): boolean {
  const parameters = operation.parameters.every(({ name, in: location, required, schema }) => {
    const value = inputs[location][name]
    if (value === undefined || value === null) return !required
    return schema === undefined || validator.fits(schema, value, 'request')
  })
  if (!parameters) return false
  if (inputs.body === undefined) return operation.body?.required !== true
  if (inputs.body.raw !== undefined) return false
  const content = operation.body?.contents.find(({ mediaType }) => mediaType === inputs.body?.mediaType)
  if (content === undefined) return false
  return content.schema === undefined || validator.fits(content.schema, inputs.body.value, 'request')
}

function* examples(operation: Operation, content: Content | undefined, base: Inputs): Generator<Variant> {
  for (const { name, in: location, examples: values } of operation.parameters)
    for (const value of values)
      yield { inputs: withValue(base, location, name, value), what: `${location}.${name}: an example of the document` }
  for (const value of content?.examples ?? [])
    yield { inputs: { ...base, body: { mediaType: content!.mediaType, value } }, what: 'body: an example of the document' }
}

function* boundaries({ root }: Generation, operation: Operation, content: Content | undefined, base: Inputs): Generator<Variant> {
  for (const { name, in: location, required, schema } of operation.parameters) {
    if (!required) yield { inputs: withValue(base, location, name, undefined), what: `${location}.${name}: left out` }
    for (const { path, value, what } of boundariesOf(root, schema?.schema ?? true, base[location][name])) {
      yield { inputs: withValue(base, location, name, replaceAt(base[location][name], path, value)), what: `${location}.${name}: ${what}` }
    }
  }
  if (operation.body?.required === false) yield { inputs: { ...base, body: undefined }, what: 'body: left out' }
  const { body } = base
  if (content?.schema === undefined || body === undefined) return
  for (const { path, value, what } of boundariesOf(root, content.schema.schema, body.value)) {
    yield { inputs: { ...base, body: { ...body, value: replaceAt(body.value, path, value) } }, what: `body.${what}` }
  }
}

function* violations(generation: Generation, operation: Operation, content: Content | undefined, base: Inputs): Generator<Variant> {
  for (const parameter of operation.parameters) yield* parameterViolations(generation, parameter, base)
  const { body } = base
  if (body === undefined || content === undefined) return
  if (operation.body?.required === true) yield { inputs: { ...base, body: undefined }, what: 'body: left out' }
  const isJSONBody = body.mediaType.endsWith('json')
  if (isJSONBody) yield { inputs: { ...base, body: { ...body, raw: '{"cut": ' } }, what: 'body: JSON that ends too early' }
  yield {
    inputs: { ...base, body: { mediaType: 'application/x-riposte-check', value: '', raw: 'undeclared' } },
    what: 'body: a media type that is not declared',
  }
  if (content.schema === undefined || !isJSONBody) return
  for (const { path, value, what } of violationsOf(generation.root, content.schema.schema, body.value)) {
    const next = { ...base, body: { ...body, value: replaceAt(body.value, path, value) } }
    if (!generation.validator.fits(content.schema, next.body.value, 'request')) yield { inputs: next, what: `body.${what}` }
  }
}

/** As text, only numbers, limits, lengths and options can be told from what is right. */
function* parameterViolations({ root, validator }: Generation, parameter: Parameter, base: Inputs): Generator<Variant> {
  const { name, in: location, required, schema, mediaType } = parameter
  if (required && location !== 'path') yield { inputs: withValue(base, location, name, undefined), what: `${location}.${name}: left out` }
  const flat = schema === undefined ? true : flatten(schema.schema, { root })
  if (schema === undefined || typeof flat === 'boolean' || mediaType !== undefined) return
  const types = typeof flat.type === 'string' ? [flat.type] : (flat.type ?? [])
  const isNumber =
    types.length > 0 && types.every((type) => type === 'integer' || type === 'number' || type === 'null' || type === 'boolean')
  if (isNumber)
    yield { inputs: withValue(base, location, name, 'n0tanumber'), what: `${location}.${name}: text in place of ${types.join(' or ')}` }
  for (const { value, what } of textViolations(flat)) {
    if (!validator.fits(schema, value, 'request'))
      yield { inputs: withValue(base, location, name, value), what: `${location}.${name}: ${what}` }
  }
}

interface Random {
  readonly count: number
  readonly add: (phase: Phase, inputs: Inputs, what: string) => boolean
}

const KINDS = ['path', 'query', 'header', 'cookie'] as const

function addRandom(generation: Generation, operation: Operation, content: Content | undefined, { count, add }: Random): void {
  if (operation.parameters.length === 0 && content === undefined) return
  const records = KINDS.map((location) => {
    const parameters = operation.parameters.filter((parameter) => parameter.in === location)
    const shape = Object.fromEntries(parameters.map((parameter) => [parameter.name, parameterArbitrary(generation, operation, parameter)]))
    return fc.record(shape, { requiredKeys: parameters.filter(({ required }) => required).map(({ name }) => name), noNullPrototype: true })
  })
  const value = toArbitrary(content?.schema?.schema ?? true, { root: generation.root, isPlain: false })
  const body = content === undefined ? fc.constant(undefined) : value.map((made) => ({ mediaType: content.mediaType, value: made }))
  const all = fc.tuple(
    ...records,
    operation.body?.required === true ? body : fc.oneof({ weight: 4, arbitrary: body }, { weight: 1, arbitrary: fc.constant(undefined) }),
  )
  const drawn = sample(all, seedFor(generation.seed, operation.key, 'random', content?.mediaType ?? ''), count * 3)
  let added = 0
  for (const each of drawn) {
    const [path, query, header, cookie, made] = each as [
      Inputs['path'],
      Inputs['query'],
      Inputs['header'],
      Inputs['cookie'],
      Inputs['body'] | null,
    ]
    if (add('random', { ...NO_INPUTS, path, query, header, cookie, body: made ?? undefined }, 'random') && ++added >= count) return
  }
}

function parameterArbitrary(generation: Generation, operation: Operation, parameter: Parameter): fc.Arbitrary<unknown> {
  const made = toArbitrary(parameter.schema?.schema ?? { type: 'string', minLength: 1 }, {
    root: generation.root,
    isPlain: isPlainPlace(parameter),
  })
  const learned = generation.learned(operation, parameter)
  // What was deleted on the way is asked for too: only some requests name what is there.
  return learned.length === 0 ? made : fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...learned) }, { weight: 1, arbitrary: made })
}
