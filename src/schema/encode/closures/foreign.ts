/** Values that go through other code: codecs, checks that are code, and nodes of other libraries. */
import type { IslandNode, Node } from '../../node.ts'
import type { CodecPlan, IslandPlan, Plan } from '../plan/plan.ts'
import { readableTest } from './readable.ts'
import { BROKEN, type Form, type Step, type Trail } from '../values/trail.ts'

type Compile = (plan: Plan, form: Form) => Step

/** Checks the program's value, then the result of its codec. */
export function codecStep(plan: CodecPlan, form: Form, compile: Compile): Step {
  const domain = compile(plan.domain, 'domain')
  if (form === 'domain') return domain
  const wire = compile(plan.wire, 'wire')
  return (value, trail) => {
    const checked = domain(value, trail)
    if (checked === BROKEN) return BROKEN
    const encoded = runCodec(plan, checked, trail)
    return encoded === BROKEN ? BROKEN : wire(encoded, trail)
  }
}

export function runCodec({ encode, expected }: CodecPlan, value: unknown, trail: Trail): unknown {
  try {
    const encoded = encode(value)
    return encoded instanceof Promise ? refuse(encoded, trail) : encoded
  } catch (error) {
    return trail.fail(`${expected} that its codec can encode`, value, error)
  }
}

export function islandStep(plan: IslandPlan, form: Form, compile: Compile): Step {
  const accept = acceptStep(plan, compile)
  const output = compile(plan.output, form)
  return (value, trail) => {
    const accepted = accept(value, trail)
    return accepted === BROKEN ? BROKEN : output(accepted, trail)
  }
}

/** The value that the node's checks or its library accept. */
export function acceptStep(plan: IslandPlan, compile: Compile): Step {
  const { recheck, keeps } = plan.node
  const ask =
    plan.base === undefined || recheck === undefined ? libraryStep(plan) : recheckStep(plan, compile(plan.base, 'domain'), recheck)
  return keeps === undefined ? ask : (value, trail) => (keeps(value) ? value : ask(value, trail))
}

/** Runs only the checks: with a codec, the library would expect the wire value, but this is the program's value. */
function recheckStep({ node, expected }: IslandPlan, domain: Step, recheck: Validate): Step {
  const { isSettled = false } = node
  return (value, trail) => {
    const checked = domain(value, trail)
    if (checked === BROKEN) return BROKEN
    const accepted = accept(expected, recheck(checked), trail)
    return isSettled && accepted !== BROKEN ? checked : accepted
  }
}

/** Refuses a promise before the library runs, because a library would accept it as an object without properties. */
function libraryStep({ node, expected }: IslandPlan): Step {
  const { validate } = node.schema['~standard']
  const isReadableInput = readableTest(node.input ?? ANY)
  return (value, trail) => (isReadableInput?.(value) === false ? trail.fail(expected, value) : accept(expected, validate(value), trail))
}

const ANY: Node = { kind: 'any' }

type Validate = IslandNode['schema']['~standard']['validate']

function accept(expected: string, result: ReturnType<Validate>, trail: Trail): unknown {
  if (result instanceof Promise) return refuse(result, trail)
  if (result.issues === undefined) return result.value
  trail.failWith(expected, 'another value')
  const path = result.issues[0]?.path ?? []
  for (const step of path.toReversed()) {
    const key = typeof step === 'object' ? step.key : step
    trail.at(typeof key === 'number' ? key : String(key))
  }
  return BROKEN
}

/** Nothing awaits the promise: without a handler, its rejection would end the process. */
function refuse(promise: Promise<unknown>, trail: Trail): typeof BROKEN {
  promise.catch(() => undefined)
  return trail.failWith('synchronous result', 'a Promise')
}
