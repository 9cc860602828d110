/** Which option of a union an input belongs to: JSON bodies and text inputs both ask here. */
import { constantsOf, takesAnything, type Constant } from './constants.ts'
import type { Node, Property } from './node.ts'
import { scalarReader } from './scalar.ts'
import { memberNodes, unwrap, wrapped } from './walk-node.ts'
import { hasTextKeys } from './wire-side.ts'

type Members = Readonly<Record<string, unknown>>

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** May JSON be of this model? Looks at types, required names and constants, one level deep: no option that fits is ruled out. */
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

/** An entry of a map whose keys are no strings. */
function isPair(json: unknown): boolean {
  return Array.isArray(json) && json.length === 2
}

/** A property without its name, or with another constant than its own, rules its object out. */
function mayHold({ name, node, required }: Property, json: Members): boolean {
  if (!Object.hasOwn(json, name)) return !required
  const constants = constantsOf(node, 'request')
  return constants === undefined || hasConstant(constants, json[name])
}

/** A bigint travels as digits, in a string or as a number. */
function hasConstant(constants: readonly Constant[], json: unknown): boolean {
  return constants.some((value) => value === json || (typeof value === 'bigint' && isScalar(json) && String(json) === String(value)))
}

function isScalar(value: unknown): value is string | number | bigint {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
}

/** Measures by model and value: a recursive model asks the same again on each level. */
type Measured = Map<Node, WeakMap<object, number>>

const UNFIT = -1

/** How many names of the value the model declares, at any depth; `UNFIT` where a value has a type that its model does not take. */
function measure(node: Node, json: unknown, measured: Measured): number {
  if (typeof json !== 'object' || json === null) return mayFit(node, json) && isReadable(unwrap(node), json) ? 0 : UNFIT
  let ofNode = measured.get(node)
  if (ofNode === undefined) measured.set(node, (ofNode = new WeakMap()))
  const known = ofNode.get(json)
  if (known !== undefined) return known
  ofNode.set(json, 0)
  const count = mayFit(node, json) ? measureInside(node, json, (inner, value) => measure(inner, value, measured)) : UNFIT
  ofNode.set(json, count)
  return count
}

function isReadable(node: Node, json: unknown): boolean {
  const isText =
    typeof json === 'string' && (node.kind === 'date' || node.kind === 'url' || node.kind === 'bytes' || node.kind === 'bigint')
  return !isText || scalarReader(node)!.parse(json) !== undefined
}

type Measure = (node: Node, json: unknown) => number

function measureInside(node: Node, json: object, measure: Measure): number {
  if (node.kind === 'union') return Math.max(...node.options.map((option) => measure(option, json)))
  if (node.kind === 'intersection')
    return sum(
      [node.left, node.right].map((side): Part => [side, json, 0]),
      measure,
    )
  const inner = wrapped(node, 'request')
  if (inner === undefined) return sum(partsOf(node, json), measure)
  const count = measure(inner, json)
  return node.kind === 'island' && takesAnything(node) ? Math.max(0, count) : count
}

const NEVER: Node = { kind: 'never' }

/** Each part of a value with its model, and what its own name counts. */
type Part = readonly [node: Node, json: unknown, name: 0 | 1]

function sum(parts: readonly Part[], measure: Measure): number {
  let total = 0
  for (const [node, json, name] of parts) {
    const count = measure(node, json)
    if (count === UNFIT) return UNFIT
    total += count + name
  }
  return total
}

/** A name or an item that is not declared is dropped, or makes the value unfit. */
function partsOf(node: Node, json: object): readonly Part[] {
  const isClosed = node.kind === 'tuple' || (node.kind === 'object' && node.additional === 'refuse')
  const isList = Array.isArray(json)
  return Object.entries(json).flatMap(([name, value]): Part[] => {
    const inner = memberNodes(node, isList ? Number(name) : name)[0] ?? (isClosed ? NEVER : undefined)
    return inner === undefined ? [] : [[inner, value, isList ? 0 : 1]]
  })
}

/** The options that a value may be of, best first: the one that declares the most of its names, or that reads its text. Equal ones in their order. */
export function rankOptions(options: readonly Node[], json: unknown): readonly number[] {
  const candidates = options.flatMap((option, index) => (mayFit(option, json) ? [index] : []))
  if (candidates.length < 2) return candidates
  const measured: Measured = new Map()
  const scores = new Map(candidates.map((index) => [index, score(options[index]!, json, measured)]))
  return candidates.toSorted((left, right) => scores.get(right)! - scores.get(left)!)
}

function score(option: Node, json: unknown, measured: Measured): number {
  if (typeof json === 'object') return measure(option, json, measured)
  const { kind } = unwrap(option)
  if (typeof json === 'bigint') return kind === 'bigint' ? 1 : 0
  // Any text is a string: what else it can be read as comes first.
  return typeof json === 'string' && READ_BEFORE_TEXT.has(kind) ? 1 : 0
}

const READ_BEFORE_TEXT: ReadonlySet<Node['kind']> = new Set(['literal', 'date', 'url', 'bigint'])

/** Does the order of the options matter? Not where each is of a type of its own, or all are constants. */
export function isAmbiguous(options: readonly Node[]): boolean {
  const types = options.map((option) => typesOf(option))
  return options.some(
    (option, index) =>
      !isPlain(unwrap(option)) && types[index]!.some((type) => types.some((others, at) => at !== index && others.includes(type))),
  )
}

/** Is its value in the program the one on the wire, with nothing inside? */
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
