/** Steps of values that contain no other values. */
import type { Constant } from '../../option-fit.ts'
import type { ScalarNode, ScalarPlan } from '../plan/plan.ts'
import { bigintTest, constantsOf, isBytes, numberTest, stringTest, timeTest } from '../values/constraints.ts'
import { formatTime, isBeyondYears } from '../values/dates.ts'
import { toInteger } from '../values/native-json.ts'
import type { Form, Step } from '../values/trail.ts'
import type { Compiler } from './object.ts'

type MakeStep<Scalar> = (node: Scalar, expected: string, form: Form) => Step

const STEPS: { readonly [Kind in ScalarNode['kind']]: MakeStep<Extract<ScalarNode, { kind: Kind }>> } = {
  string(node, expected) {
    const test = stringTest(node)
    return testStep(test === undefined ? isString : (value): value is string => isString(value) && test(value), expected)
  },
  number(node, expected) {
    const test = numberTest(node)
    return testStep((value): value is number => typeof value === 'number' && test(value), expected)
  },
  boolean: (_node, expected) => testStep((value): value is boolean => typeof value === 'boolean', expected),
  bigint(node, expected, form) {
    const test = bigintTest(node)
    const convert = form === 'domain' ? undefined : node.format === undefined ? String : toInteger
    return testStep((value): value is bigint => typeof value === 'bigint' && test?.(value) !== false, expected, convert)
  },
  date(node, expected, form) {
    const timeIn = timeTest(node)
    return (value, trail) => {
      const time = timeIn(value)
      if (Number.isNaN(time))
        return isBeyondYears(value) ? trail.failWith('Date in the years 0 to 9999', 'another year') : trail.fail(expected, value)
      return form === 'wire' ? formatTime(time) : value
    }
  },
  literal(node, expected, form) {
    const values = new Set<unknown>(constantsOf(node))
    return testStep((value): value is Constant => values.has(value), expected, form === 'wire' ? bigintToText : undefined)
  },
  url: (_node, expected, form) => testStep((value) => value instanceof URL, expected, form === 'wire' ? ({ href }) => href : undefined),
  bytes: (_node, expected, form) => testStep(isBytes, expected, form === 'wire' ? toBase64 : undefined),
  file: (_node, expected, form) => testStep((value): value is Blob => form === 'domain' && value instanceof Blob, expected),
}

export function scalarStep({ node, expected }: ScalarPlan, { form }: Compiler): Step {
  return (STEPS[node.kind] as MakeStep<ScalarNode>)(node, expected, form)
}

/** Without `convert` the value is returned unchanged. */
function testStep<Value>(test: (value: unknown) => value is Value, expected: string, convert?: (value: Value) => unknown): Step {
  if (convert === undefined) return (value, trail) => (test(value) ? value : trail.fail(expected, value))
  return (value, trail) => (test(value) ? convert(value) : trail.fail(expected, value))
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}

/** A `bigint` as decimal text. Other values stay unchanged. */
export function bigintToText(value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}

const CHUNK = 0x8000

export function toBase64(bytes: Uint8Array): string {
  if (typeof Buffer === 'function') return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
  let binary = ''
  // Some engines overflow their stack with more arguments than this.
  for (let i = 0; i < bytes.length; i += CHUNK) binary += String.fromCharCode(...bytes.subarray(i, i + CHUNK))
  return btoa(binary)
}
