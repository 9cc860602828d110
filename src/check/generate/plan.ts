/** Generates the requests of one operation. The same seed generates the same requests. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import type { Content, Operation, PlacedSchema, Parameter } from '../document/operation.ts'
import type { WireRequest } from '../send/wire.ts'
import { makeBase, writableContents, isPlainPlace, boundaries, examples, violations, type Generation, type Variant } from './inputs.ts'
import { NO_INPUTS, encodeRequest, type Candidate, type Phase, type Inputs } from './request.ts'
import { toArbitrary, sample, seedFor } from './arbitrary.ts'

interface PlanOptions {
  /** The phases whose requests are generated. */
  readonly phases: ReadonlySet<Phase>
  /** The number of random requests. */
  readonly count: number
}

/** Enough for every property of a large body, and not too many for a document of a thousand operations. */
const MOST_BOUNDARIES = 80
const MOST_VIOLATIONS = 60

export class Plan {
  readonly #generation: Generation
  readonly #operation: Operation
  readonly #options: PlanOptions
  readonly #seen = new Set<string>()
  readonly #missing = new Set<string>()
  #hasValid = false

  constructor(generation: Generation, operation: Operation, options: PlanOptions) {
    this.#generation = generation
    this.#operation = operation
    this.#options = options
  }

  /** A generator, so that the large bodies of all requests are not in memory at the same time. */
  *candidates(): Generator<Candidate> {
    const contents = writableContents(this.#operation)
    const places = this.#operation.body === undefined || contents.length === 0 ? [undefined] : contents
    const count = Math.ceil(this.#options.count / places.length)
    for (const content of places) yield* this.#candidatesFor(content, count)
  }

  /** Required places for which no valid value could be generated. Complete after the last candidate. */
  get needsExample(): readonly string[] {
    return this.#hasValid ? [] : [...this.#missing]
  }

  /** The media types of the body, if the check cannot write any of them. */
  get unwritable(): readonly string[] {
    return writableContents(this.#operation).length > 0 ? [] : (this.#operation.body?.contents ?? []).map(({ mediaType }) => mediaType)
  }

  *#candidatesFor(content: Content | undefined, count: number): Generator<Candidate> {
    const generation = this.#generation
    const operation = this.#operation
    const { phases } = this.#options
    const least = makeBase(generation, operation, content, false)
    for (const place of least.missing) this.#missing.add(place)
    if (least.missing.length > 0) return
    const { inputs: base } = makeBase(generation, operation, content, true)
    const variable = { operation, content, base }
    yield* this.#admit('examples', [{ inputs: least.inputs, what: 'only what is required' }])
    if (phases.has('examples')) yield* this.#admit('examples', examples(variable))
    yield* this.#admit('examples', [{ inputs: base, what: 'every input' }])
    if (phases.has('boundaries')) yield* this.#admit('boundaries', boundaries(generation, variable), MOST_BOUNDARIES)
    if (phases.has('random')) yield* this.#admit('random', randomInputs(generation, operation, { content, count }), count)
    if (phases.has('invalid')) yield* this.#admit('invalid', violations(generation, variable), MOST_VIOLATIONS)
  }

  /** Yields the variants that can be written and were not yielded before. Outside of the phase `invalid`, the document must allow them. */
  *#admit(phase: Phase, variants: Iterable<Variant>, most = Infinity): Generator<Candidate> {
    let admitted = 0
    if (most <= 0) return
    for (const { inputs, what } of variants) {
      const wire = encodeRequest(this.#operation, inputs)
      if (wire === undefined) continue
      const key = digestOf(wire)
      if (this.#seen.has(key)) continue
      this.#seen.add(key)
      if (phase !== 'invalid' && violationIn(this.#generation, this.#operation, inputs) !== undefined) continue
      const verdict = phase === 'invalid' ? 'invalid' : hasCursor(this.#operation, inputs) ? 'unknown' : 'valid'
      this.#hasValid ||= verdict !== 'invalid'
      yield { operation: this.#operation, phase, verdict, what, inputs, wire }
      if (++admitted >= most) return
    }
  }
}

/** The server may refuse a cursor that it did not create. */
function hasCursor({ parameters }: Operation, { query }: Inputs): boolean {
  return parameters.some(({ name, isCursor }) => isCursor && query[name] !== undefined)
}

function digestOf({ path, headers, body }: WireRequest): string {
  return createHash('sha1')
    .update(`${path}\n${JSON.stringify(headers)}\n`)
    .update(body ?? '')
    .digest('base64')
}

/** How the inputs break the document, as text that is equal for equal faults. `undefined` if the document allows them. */
export function violationIn({ validator }: Generation, operation: Operation, inputs: Inputs): string | undefined {
  const describe = (place: string, schema: PlacedSchema | undefined, value: unknown): string | undefined => {
    const faults = schema === undefined ? [] : validator.faults(schema, value, 'request')
    return faults.length === 0 ? undefined : `${place}: ${faults.join('\n')}`
  }
  for (const { name, in: location, required, schema } of operation.parameters) {
    const value = inputs[location][name]
    const isAbsent = value === undefined || value === null
    const violation = isAbsent ? (required ? `${location}.${name}: none` : undefined) : describe(`${location}.${name}`, schema, value)
    if (violation !== undefined) return violation
  }
  const { body } = inputs
  if (body === undefined) return operation.body?.required === true ? 'no body' : undefined
  if (body.raw !== undefined) return `body: ${body.raw}`
  const content = operation.body?.contents.find(({ mediaType }) => mediaType === body.mediaType)
  return content === undefined ? 'media type of the body' : describe('body', content.schema, body.value)
}

const KINDS = ['path', 'query', 'header', 'cookie'] as const
/** Some inputs do not fit the schemas, so more are generated. */
const MOST_DRAWS = 3

/** Yields up to three times `count` inputs. The caller drops those that do not fit, and stops at `count`. */
function* randomInputs(
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
    const parameters = operation.parameters.filter((parameter) => parameter.in === location && (parameter.required || !parameter.isCursor))
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
