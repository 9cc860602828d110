/** Finds values that no model may read, before a library validates them: most libraries accept a promise as an object without properties. */
import { isObject, isReadable, isThenable } from '../../object-value.ts'
import type { Node, ObjectNode } from '../../node.ts'
import { wrapped } from '../../walk-node.ts'
import { requiresProperty } from '../plan/lower.ts'

type Test = (value: unknown) => boolean

const isNoThenable: Test = (value) => typeof value !== 'object' || value === null || !isThenable(value)

/** `undefined` for a model whose library refuses such values anyway. */
export function readableTest(root: Node): Test | undefined {
  const entered = new Set<Node>()
  return compile(root)

  function compile(node: Node): Test | undefined {
    // A recursive model is looked through once.
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
    // A codec reads text, or what its library refuses by itself.
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
