/** Makes a failing request smaller, as long as it has the same failure. */
import { isRecord } from './document/schema.ts'
import { keyOf } from './causes.ts'
import { violationIn } from './generate/plan.ts'
import type { Generation } from './generate/inputs.ts'
import { withValue, encodeRequest, type Candidate, type Inputs } from './generate/request.ts'
import type { Finding } from './rules/rule.ts'
import type { WireRequest } from './send/wire.ts'
import type { Session } from './session.ts'

const MOST_REQUESTS = 60

/** Replaces the finding of the cause with each smaller request that has the same failure. */
export async function shrink(
  session: Session,
  generation: Generation,
  { candidate, finding }: { candidate: Candidate; finding: Finding },
): Promise<void> {
  const wanted = keyOf(finding)
  // A smaller request that breaks the document in another way would have another failure.
  const violation = violationIn(generation, candidate.operation, candidate.inputs)
  let current = candidate
  let left = MOST_REQUESTS
  for (let isSmaller = true; isSmaller && left > 0;) {
    isSmaller = false
    for (const inputs of smaller(current)) {
      if (left <= 0 || session.millisecondsLeft <= 0) return
      const wire = encodeRequest(candidate.operation, inputs)
      if (wire === undefined || violationIn(generation, candidate.operation, inputs) !== violation) continue
      if (violation === undefined && (await verdictOf(session, wire)) !== candidate.verdict) continue
      left -= 1
      const next: Candidate = { ...current, inputs, wire }
      const response = await session.ask(wire)
      const same = session.judge({ candidate: next, response }).find((each) => keyOf(each) === wanted)
      if (same === undefined) continue
      session.causes.replace(same)
      current = next
      isSmaller = true
      break
    }
  }
}

/** The verdict on inputs that the document allows. */
async function verdictOf({ models }: Session, wire: WireRequest): Promise<Candidate['verdict']> {
  const verdict = await models?.(wire)
  return verdict?.isAccepted === false ? 'unknown' : 'valid'
}

/** Smaller inputs, those that leave out most first. */
function* smaller({ operation, inputs }: Candidate): Generator<Inputs> {
  if (inputs.body !== undefined && operation.body?.required !== true) yield { ...inputs, body: undefined }
  for (const { name, in: location, required } of operation.parameters) {
    if (!required && inputs[location][name] !== undefined) yield withValue(inputs, location, name, undefined)
  }
  for (const { name, in: location } of operation.parameters) {
    const value = inputs[location][name]
    if (value !== undefined) for (const less of smallerValues(value)) yield withValue(inputs, location, name, less)
  }
  const { body } = inputs
  if (body === undefined || body.raw !== undefined) return
  for (const value of smallerValues(body.value)) yield { ...inputs, body: { ...body, value } }
}

function* smallerValues(value: unknown): Generator {
  if (typeof value === 'string' && value.length > 1) {
    if (value !== 'a' && value.length > 8) yield value.slice(0, Math.ceil(value.length / 2))
    yield 'a'
  }
  if (typeof value === 'number' && value !== 0 && value !== 1) {
    yield 0
    yield 1
  }
  if (Array.isArray(value)) {
    if (value.length > 1) yield value.slice(0, 1)
    if (value.length > 0) yield []
    for (const [index, item] of value.slice(0, 3).entries()) for (const less of smallerValues(item)) yield value.with(index, less)
  }
  if (!isRecord(value)) return
  for (const name of Object.keys(value)) {
    const { [name]: _left, ...rest } = value
    yield rest
  }
  for (const [name, child] of Object.entries(value)) for (const less of smallerValues(child)) yield { ...value, [name]: less }
}
