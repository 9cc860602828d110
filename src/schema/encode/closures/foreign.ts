/** Steps of values that go through other code: the functions of codecs, and the schema library of an island. */
import type { IslandNode, Node, ObjectNode } from '../../node.ts'
import { isObject, isReadable, isThenable } from '../../object-value.ts'
import { wrapped } from '../../walk-node.ts'
import { requiresProperty } from '../plan/lower.ts'
import type { CodecPlan, IslandPlan } from '../plan/plan.ts'
import { BROKEN, type Step, type Trail } from '../values/trail.ts'
import type { Compiler } from './object.ts'

/** Checks the program's value, then the result of its codec. */
export function codecStep(plan: CodecPlan, { form, compileAs }: Compiler): Step {
  const domain = compileAs(plan.domain, 'domain')
  if (form === 'domain') return domain
  const wire = compileAs(plan.wire, 'wire')
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

export function islandStep(plan: IslandPlan, { compile, compileAs }: Compiler): Step {
  const accept = acceptStep(plan, compileAs)
  const output = compile(plan.output)
  return (value, trail) => {
    const accepted = accept(value, trail)
    return accepted === BROKEN ? BROKEN : output(accepted, trail)
  }
}

/** The step that returns what the checks of the node or its library return. */
export function acceptStep(plan: IslandPlan, compileAs: Compiler['compileAs']): Step {
  const { recheck, keeps } = plan.node
  const ask =
    plan.base === undefined || recheck === undefined ? libraryStep(plan) : recheckStep(plan, compileAs(plan.base, 'domain'), recheck)
  return keeps === undefined ? ask : (value, trail) => (keeps(value) ? value : ask(value, trail))
}

/** Runs only the checks. The library would also run the codecs, which expect the wire value, but this is the program's value. */
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
  const isDescribed = node.input !== undefined
  return (value, trail) => {
    if (isReadableInput?.(value) === false) return trail.fail(expected, value)
    const accepted = accept(expected, validate(value), trail)
    return isDescribed || accepted === BROKEN || isMadeOfData(value, accepted, trail) ? accepted : BROKEN
  }
}

/** False if an instance, such as a promise, became an object without properties because the library does not describe its model. An empty map may become one. */
function isMadeOfData(value: unknown, made: unknown, trail: Trail): boolean {
  if (made === value || typeof made !== 'object' || made === null || typeof value !== 'object' || value === null) return true
  const names = Object.keys(made)
  const isEmptyCollection = (value instanceof Map || value instanceof Set) && value.size === 0
  if (isThenable(value) || (names.length === 0 && isObject(made) && !isEmptyCollection && !isReadable(value, []))) {
    trail.fail('data', value)
    return false
  }
  for (const name of names) {
    const inner = (made as Readonly<Record<string, unknown>>)[name]
    if (typeof inner !== 'object' || isMadeOfData((value as Readonly<Record<string, unknown>>)[name], inner, trail)) continue
    trail.at(Array.isArray(made) ? Number(name) : name)
    return false
  }
  return true
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

/** Nothing awaits the promise, so without a handler its rejection would end the process. */
function refuse(promise: Promise<unknown>, trail: Trail): typeof BROKEN {
  promise.catch(() => undefined)
  return trail.failWith('synchronous result', 'a Promise')
}

type Test = (value: unknown) => boolean

const isNoThenable: Test = (value) => typeof value !== 'object' || value === null || !isThenable(value)

/**
 * A test that is false for a value that no model may read: most libraries accept a promise as an object without properties. `undefined` for a
 * model whose library refuses such values.
 */
function readableTest(root: Node): Test | undefined {
  const entered = new Set<Node>()
  return compile(root)

  function compile(node: Node): Test | undefined {
    // A recursive model is tested at its first level only.
    if (entered.has(node)) return undefined
    entered.add(node)
    try {
      return compileKind(node)
    } finally {
      entered.delete(node)
    }
  }

  function compileKind(node: Node): Test | undefined {
    if (node.kind === 'any') return isNoThenable
    if (node.kind === 'object') return objectTest(node)
    if (node.kind === 'array') return itemsTest([], compile(node.items))
    if (node.kind === 'tuple') return itemsTest(node.items.map(compile), node.rest === undefined ? undefined : compile(node.rest))
    if (node.kind === 'intersection') return all(compile(node.left), compile(node.right))
    if (node.kind === 'record') {
      const test = compile(node.value)
      return test === undefined ? undefined : (value) => !isObject(value) || Object.values(value).every(test)
    }
    if (node.kind === 'union') {
      const tests = node.options.map(compile)
      return tests.includes(undefined) ? isNoThenable : (value) => tests.some((test) => test!(value))
    }
    // A codec reads text. Its library refuses a promise.
    if (node.kind === 'codec') return undefined
    const inner = wrapped(node, 'request')
    return inner === undefined ? (node.kind === 'island' ? isNoThenable : undefined) : compile(inner)
  }

  function objectTest({ properties }: ObjectNode): Test | undefined {
    const names = properties.map(({ name }) => name)
    const isAccepted: Test | undefined = requiresProperty(properties) ? undefined : (value) => isReadable(value, names)
    const fields = properties.flatMap(({ name, node }) => {
      const test = compile(node)
      return test === undefined ? [] : [{ name, test }]
    })
    if (fields.length === 0) return isAccepted === undefined ? undefined : (value) => !isObject(value) || isAccepted(value)
    return (value) => !isObject(value) || (isAccepted?.(value) !== false && fields.every(({ name, test }) => test(value[name])))
  }
}

function all(left: Test | undefined, right: Test | undefined): Test | undefined {
  if (left === undefined || right === undefined) return left ?? right
  return (value) => left(value) && right(value)
}

function itemsTest(tests: readonly (Test | undefined)[], rest: Test | undefined): Test | undefined {
  if (rest === undefined && tests.every((test) => test === undefined)) return undefined
  return (value) => !Array.isArray(value) || value.every((item, index) => (tests[index] ?? rest)?.(item) !== false)
}
