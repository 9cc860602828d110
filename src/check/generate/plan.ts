/** Generates the requests of one operation. The same seed generates the same requests. */
import { createHash } from 'node:crypto'
import { isCursor, type Content, type Operation, type PlacedSchema } from '../document/operation.ts'
import type { WireRequest } from '../send/wire.ts'
import { makeBase, writableContents, type Generation } from './base.ts'
import type { Candidate, Phase } from './candidate.ts'
import { encodeRequest } from './encode.ts'
import type { Inputs } from './inputs.ts'
import { randomInputs } from './random.ts'
import { boundaries, examples, violations, type Variant } from './variants.ts'

export interface PlanOptions {
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
  return parameters.some((parameter) => isCursor(parameter) && query[parameter.name] !== undefined)
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
