/** Closures of values that hold no others. */
import type { BigIntNode, BytesNode, DateNode, FileNode, LiteralNode, Node, NumberNode, StringNode, UrlNode } from '../../node.ts'
import { isBytes, toBase64 } from '../values/base64.ts'
import { bigintTest, numberTest, stringTest, timeTest } from '../values/constraints.ts'
import { formatTime, isBeyondYears } from '../values/dates.ts'
import { describe } from '../plan/describe.ts'
import { toInteger } from '../values/digits.ts'
import type { Form, Step } from '../values/trail.ts'

export function typeStep(node: Node, test: (value: unknown) => boolean): Step {
  const expected = describe(node)
  return (value, trail) => (test(value) ? value : trail.fail(expected, value))
}

export function stringStep(node: StringNode): Step {
  const expected = describe(node)
  const test = stringTest(node)
  if (test === undefined) return (value, trail) => (typeof value === 'string' ? value : trail.fail(expected, value))
  return (value, trail) => (typeof value === 'string' && test(value) ? value : trail.fail(expected, value))
}

export function numberStep(node: NumberNode): Step {
  const expected = describe(node)
  const test = numberTest(node)
  return (value, trail) => (typeof value === 'number' && test(value) ? value : trail.fail(expected, value))
}

export function bigintStep(node: BigIntNode, form: Form): Step {
  const expected = describe(node)
  const test = bigintTest(node)
  const convert = form === 'domain' ? undefined : node.format === undefined ? String : toInteger
  return (value, trail) => {
    if (typeof value !== 'bigint' || test?.(value) === false) return trail.fail(expected, value)
    return convert === undefined ? value : convert(value)
  }
}

export function dateStep(node: DateNode, form: Form): Step {
  const expected = describe(node)
  const timeIn = timeTest(node)
  return (value, trail) => {
    const time = timeIn(value)
    if (Number.isNaN(time))
      return isBeyondYears(value) ? trail.failWith('Date of the years 0 to 9999', 'another year') : trail.fail(expected, value)
    return form === 'wire' ? formatTime(time) : value
  }
}

export function urlStep(node: UrlNode, form: Form): Step {
  const expected = describe(node)
  return (value, trail) => {
    if (!(value instanceof URL)) return trail.fail(expected, value)
    return form === 'wire' ? value.href : value
  }
}

export function bytesStep(node: BytesNode, form: Form): Step {
  const expected = describe(node)
  return (value, trail) => {
    if (!isBytes(value)) return trail.fail(expected, value)
    return form === 'wire' ? toBase64(value) : value
  }
}

export function fileStep(node: FileNode, form: Form): Step {
  const expected = describe(node)
  return (value, trail) => (form === 'domain' && value instanceof Blob ? value : trail.fail(expected, value))
}

export function literalStep(node: LiteralNode, form: Form): Step {
  const expected = describe(node)
  const values = new Set<unknown>(node.values.filter((value) => typeof value !== 'number' || Number.isFinite(value)))
  return (value, trail) => {
    if (!values.has(value)) return trail.fail(expected, value)
    return form === 'wire' && typeof value === 'bigint' ? String(value) : value
  }
}
