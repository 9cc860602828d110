/** Values that go through other code: codecs, checks that are code, and nodes of other libraries. */
import type { CodecNode, IslandNode, Node } from '../../node.ts'
import { describe } from '../plan/describe.ts'
import { settle } from '../plan/settled.ts'
import { readableTest } from './readable.ts'
import { BROKEN, type Form, type Step, type Trail } from '../values/trail.ts'
import { anyStep } from '../values/anything.ts'

type Compile = (node: Node, form: Form) => Step

/** Checks the program's value, then the result of its codec. */
export function codecStep(node: CodecNode, form: Form, compile: Compile): Step {
  const domain = compile(node.domain, 'domain')
  if (form === 'domain') return domain
  const wire = compile(node.wire, 'wire')
  return (value, trail) => {
    const checked = domain(value, trail)
    if (checked === BROKEN) return BROKEN
    const encoded = runCodec(node, checked, trail)
    return encoded === BROKEN ? BROKEN : wire(encoded, trail)
  }
}

export function runCodec(node: CodecNode, value: unknown, trail: Trail): unknown {
  try {
    const encoded = node.encode(value)
    return encoded instanceof Promise ? refuse(encoded, trail) : encoded
  } catch (error) {
    return trail.fail(`${describe(node)} that its codec encodes`, value, error)
  }
}

export function islandStep(node: IslandNode, form: Form, compile: Compile): Step {
  const accept = acceptStep(node, compile)
  const output = node.output === undefined ? anyStep(form) : compile(settle(node.output), form)
  return (value, trail) => {
    const accepted = accept(value, trail)
    return accepted === BROKEN ? BROKEN : output(accepted, trail)
  }
}

/** The value that the node's checks or its library accept. */
export function acceptStep(node: IslandNode, compile: Compile): Step {
  const { base, recheck, keeps, isSettled = false } = node
  const ask =
    base === undefined || recheck === undefined ? libraryStep(node) : recheckStep(node, compile(base, 'domain'), recheck, isSettled)
  return keeps === undefined ? ask : (value, trail) => (keeps(value) ? value : ask(value, trail))
}

/** Only the checks run: the library would have a codec read what is on the wire, and here is the program's value. */
function recheckStep(node: IslandNode, domain: Step, recheck: Validate, isSettled: boolean): Step {
  return (value, trail) => {
    const checked = domain(value, trail)
    if (checked === BROKEN) return BROKEN
    const accepted = accept(node, recheck(checked), trail)
    return isSettled && accepted !== BROKEN ? checked : accepted
  }
}

/** A library accepts a promise as an object without properties: it is refused before. */
function libraryStep(node: IslandNode): Step {
  const { validate } = node.schema['~standard']
  const isReadableInput = readableTest(node.input ?? ANY)
  return (value, trail) => (isReadableInput?.(value) === false ? trail.fail(describe(node), value) : accept(node, validate(value), trail))
}

const ANY: Node = { kind: 'any' }

type Validate = IslandNode['schema']['~standard']['validate']

function accept(node: IslandNode, result: ReturnType<Validate>, trail: Trail): unknown {
  if (result instanceof Promise) return refuse(result, trail)
  if (result.issues === undefined) return result.value
  trail.failWith(describe(node), 'another')
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
  return trail.failWith('value that is made at once', 'a Promise')
}
