/** Which options of a union an input may belong to. */
import { constantsOf, takesAnything, type Constant } from './constants.ts'
import type { Node, Property } from './node.ts'
import { unwrap } from './walk-node.ts'
import { hasTextKeys } from './wire-side.ts'

type Members = Readonly<Record<string, unknown>>

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether JSON may fit a model. Checks types, required names and constants, one level deep, and never rules out an option that fits. */
export function mayFit(node: Node, json: unknown): boolean {
  switch (node.kind) {
    case 'null':
      return json === null
    case 'undefined':
      return json === undefined
    case 'never':
      return false
    case 'boolean':
      return typeof json === 'boolean'
    case 'number':
      return typeof json === 'number' || typeof json === 'bigint'
    case 'bigint':
      return typeof json === 'bigint' || Number.isInteger(json) || typeof json === 'string'
    case 'string':
    case 'date':
    case 'url':
    case 'bytes':
      return typeof json === 'string'
    case 'literal':
      return hasConstant(node.values, json)
    case 'object':
      return isMembers(json) && node.properties.every((property) => mayHold(property, json))
    case 'record':
      return isMembers(json)
    case 'map':
      return isMembers(json) ? hasTextKeys(node) : Array.isArray(json) && json.every(isPair)
    case 'array':
    case 'set':
    case 'tuple':
      return Array.isArray(json)
    case 'union':
      return node.options.some((option) => mayFit(option, json))
    case 'intersection':
      return mayFit(node.left, json) && mayFit(node.right, json)
    case 'nullable':
      return json === null || mayFit(node.inner, json)
    case 'optional':
    case 'default':
      return json === undefined || mayFit(node.inner, json)
    case 'reference':
      return mayFit(node.target(), json)
    case 'codec':
      return mayFit(node.wire, json)
    case 'island':
      return node.input === undefined || takesAnything(node) || mayFit(node.input, json)
    case 'any':
    case 'file':
      return true
    default:
      return node satisfies never
  }
}

/** Whether it can be an entry of a map whose keys are not strings. */
function isPair(json: unknown): boolean {
  return Array.isArray(json) && json.length === 2
}

/** Whether the object may fit this property. A missing required property, or another constant, rules it out. */
function mayHold({ name, node, required }: Property, json: Members): boolean {
  if (!Object.hasOwn(json, name)) return !required
  const constants = constantsOf(node, 'request')
  return constants === undefined || hasConstant(constants, json[name])
}

/** A bigint is sent as digits, in a string or as a number. */
function hasConstant(constants: readonly Constant[], json: unknown): boolean {
  return constants.some((value) => value === json || (typeof value === 'bigint' && isScalar(json) && String(json) === String(value)))
}

function isScalar(value: unknown): value is string | number | bigint {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
}

/** Whether the order of the options matters. It does not if each has its own type, or if all are constants. */
export function isAmbiguous(options: readonly Node[]): boolean {
  const types = options.map((option) => typesOf(option))
  return options.some(
    (option, index) =>
      !isPlain(unwrap(option)) && types[index]!.some((type) => types.some((others, at) => at !== index && others.includes(type))),
  )
}

/** Whether it is a leaf whose value in the program equals the value on the wire. */
function isPlain({ kind }: Node): boolean {
  return PLAIN.has(kind)
}

const PLAIN: ReadonlySet<Node['kind']> = new Set(['null', 'undefined', 'never', 'boolean', 'number', 'string', 'literal'])

const SAMPLES: Readonly<Record<string, unknown>> = { string: '', number: 0, boolean: true, object: {}, array: [] }

function typesOf(option: Node): readonly string[] {
  const node = unwrap(option)
  if (node.kind === 'object') return ['object']
  if (node.kind === 'literal') return [...new Set(node.values.map((value) => typeof value))]
  if (node.kind === 'union') return node.options.flatMap(typesOf)
  if (node.kind === 'intersection') return typesOf(node.left).filter((type) => typesOf(node.right).includes(type))
  return Object.keys(SAMPLES).filter((type) => mayFit(node, SAMPLES[type]))
}
