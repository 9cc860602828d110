/** Varies the base of an operation at one place: examples, boundaries and violations. */
import type { Content, Operation, Parameter } from '../document/operation.ts'
import { typesOf } from '../document/schema.ts'
import type { Generation } from './base.ts'
import { boundariesOf } from './boundary.ts'
import { replaceAt, withValue, type Inputs } from './inputs.ts'
import { textViolations, violationsOf } from './invalid.ts'
import { flatten } from './merge.ts'
import { labelOf, placesOf } from './places.ts'

export interface Variant {
  readonly inputs: Inputs
  /** How the inputs differ from the base: `body.name: 0 characters`. */
  readonly what: string
}

export interface Variable {
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
