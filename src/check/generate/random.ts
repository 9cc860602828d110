/** Generates random inputs of an operation. */
import fc from 'fast-check'
import { isCursor, type Content, type Operation, type Parameter } from '../document/operation.ts'
import { toArbitrary } from './arbitrary.ts'
import { isPlainPlace, type Generation } from './base.ts'
import { NO_INPUTS, type Inputs } from './inputs.ts'
import { sample, seedFor } from './sample.ts'
import type { Variant } from './variants.ts'

const KINDS = ['path', 'query', 'header', 'cookie'] as const
/** Some inputs do not fit the schemas, so more are generated. */
const MOST_DRAWS = 3

/** Yields up to three times `count` inputs. The caller drops those that do not fit, and stops at `count`. */
export function* randomInputs(
  generation: Generation,
  operation: Operation,
  { content, count }: { readonly content: Content | undefined; readonly count: number },
): Generator<Variant> {
  if (operation.parameters.length === 0 && content === undefined) return
  const all = inputsArbitrary(generation, operation, content)
  for (let draw = 0; draw < MOST_DRAWS; draw += 1) {
    const seed = seedFor(generation.seed, operation.key, 'random', content?.mediaType ?? '', String(draw))
    for (const each of sample(all, seed, count)) {
      const [path, query, header, cookie, body] = each as [
        Inputs['path'],
        Inputs['query'],
        Inputs['header'],
        Inputs['cookie'],
        Inputs['body'] | null,
      ]
      yield { inputs: { ...NO_INPUTS, path, query, header, cookie, body: body ?? undefined }, what: 'random' }
    }
  }
}

function inputsArbitrary(generation: Generation, operation: Operation, content: Content | undefined): fc.Arbitrary<unknown> {
  const records = KINDS.map((location) => {
    const parameters = operation.parameters.filter((parameter) => parameter.in === location && (parameter.required || !isCursor(parameter)))
    const shape = Object.fromEntries(parameters.map((parameter) => [parameter.name, parameterArbitrary(generation, operation, parameter)]))
    return fc.record(shape, { requiredKeys: parameters.filter(({ required }) => required).map(({ name }) => name), noNullPrototype: true })
  })
  const value = toArbitrary(content?.schema?.schema ?? true, { root: generation.root, isPlain: false })
  const body = content === undefined ? fc.constant(undefined) : value.map((made) => ({ mediaType: content.mediaType, value: made }))
  return fc.tuple(
    ...records,
    operation.body?.required === true ? body : fc.oneof({ weight: 4, arbitrary: body }, { weight: 1, arbitrary: fc.constant(undefined) }),
  )
}

function parameterArbitrary(generation: Generation, operation: Operation, parameter: Parameter): fc.Arbitrary<unknown> {
  const made = toArbitrary(parameter.schema?.schema ?? { type: 'string', minLength: 1 }, {
    root: generation.root,
    isPlain: isPlainPlace(parameter),
  })
  const learned = generation.learned(operation, parameter)
  // One request in three has a generated id, which usually does not exist.
  return learned.length === 0 ? made : fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...learned) }, { weight: 1, arbitrary: made })
}
