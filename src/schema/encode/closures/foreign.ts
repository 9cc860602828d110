/** Where other code has its say: codecs, and nodes that go through their own library. */
import type { CodecNode, IslandNode, Node } from '../../node.ts'
import { everyNode } from '../../walk-node.ts'
import { describe } from '../describe.ts'
import { settle } from '../settled.ts'
import { BROKEN, type Form, type Step, type Trail } from '../trail.ts'
import { anyStep } from './any.ts'

type Compile = (node: Node, form: Form) => Step

/** The program's value is checked, then what its codec makes of it. */
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

/** What the node's library makes of a value. */
export function acceptStep(node: IslandNode, compile: Compile): Step {
  const { schema, output, keeps, recheck } = node
  if (output === undefined || recheck === undefined || !holdsCodec(output)) {
    const { validate } = schema['~standard']
    const ask: Step = (value, trail) => accept(node, validate(value), trail)
    return keeps === undefined ? ask : (value, trail) => (keeps(value) ? value : ask(value, trail))
  }
  // The library would have the codec read what is on the wire, and here is the program's value.
  const domain = compile(output, 'domain')
  return (value, trail) => {
    const checked = domain(value, trail)
    return checked === BROKEN ? BROKEN : accept(node, recheck(checked), trail)
  }
}

function holdsCodec(node: Node): boolean {
  return [...everyNode(node, 'out')].some(({ kind }) => kind === 'codec')
}

function accept(node: IslandNode, result: ReturnType<IslandNode['schema']['~standard']['validate']>, trail: Trail): unknown {
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

/** Its rejection is nobody's: without a handler it would end the process. */
function refuse(promise: Promise<unknown>, trail: Trail): typeof BROKEN {
  promise.catch(() => undefined)
  return trail.failWith('value that is made at once', 'a Promise')
}
