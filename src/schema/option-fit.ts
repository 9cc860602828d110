/** Tells the options of a union apart: which of them an input may belong to, and which constants a model allows. */
import type { Node, Property, IslandNode, LiteralNode, ObjectNode } from './node.ts'
import { isObject } from './object-value.ts'
import { unwrap, wrapped, type Place, hasTextKeys } from './walk-node.ts'

type Members = Readonly<Record<string, unknown>>

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
      return isObject(json) && node.properties.every((property) => mayHold(property, json))
    case 'record':
      return isObject(json)
    case 'map':
      return isObject(json) ? hasTextKeys(node) : Array.isArray(json) && json.every(isPair)
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

export type Constant = LiteralNode['values'][number]

const NONE: ReadonlySet<Node> = new Set()

/** `undefined` for a node that accepts other values too. An absent value is the constant `undefined`. */
export function constantsOf(node: Node, place: Place, entered: ReadonlySet<Node> = NONE): readonly Constant[] | undefined {
  if (node.kind === 'literal') return node.values
  if (node.kind === 'null') return [null]
  if (node.kind === 'undefined') return [undefined]
  if (node.kind === 'union') return ofUnion(node.options.map((option) => constantsOf(option, place, entered)))
  if (node.kind === 'intersection') return constantsOf(node.left, place, entered) ?? constantsOf(node.right, place, entered)
  const inner = wrapped(node, place)
  if (inner === undefined || entered.has(node) || (node.kind === 'island' && takesAnything(node))) return undefined
  const constants = constantsOf(inner, place, node.kind === 'reference' ? new Set(entered).add(node) : entered)
  if (node.kind === 'nullable') return extend(constants, null)
  // In a response, an absent value is replaced by its default.
  return node.kind === 'optional' || (node.kind === 'default' && place !== 'response') ? extend(constants, undefined) : constants
}

function ofUnion(lists: readonly (readonly Constant[] | undefined)[]): readonly Constant[] | undefined {
  return lists.every((list) => list !== undefined) ? [...new Set(lists.flat())] : undefined
}

function extend(constants: readonly Constant[] | undefined, constant: Constant): readonly Constant[] | undefined {
  return constants?.includes(constant) === false ? [...constants, constant] : constants
}

/** `catch()` replaces whatever does not fit. */
export function takesAnything({ schema }: IslandNode): boolean {
  const { _zod: zod } = schema as { readonly _zod?: { readonly def: { readonly type: string } } }
  return zod?.def.type === 'catch'
}

/** A property that has different constants in each option of a union. */
interface Tag {
  readonly name: string
  /** The constants of each option, in the order of the options. */
  readonly values: readonly (readonly Constant[])[]
}

/** The first property that has constants in every object, and none of them in two objects. With a `discriminator`, only this property is tried. */
export function findTag(objects: readonly ObjectNode[], discriminator?: string): Tag | undefined {
  const names = discriminator === undefined ? (objects[0]?.properties.map(({ name }) => name) ?? []) : [discriminator]
  for (const name of names) {
    const nodes = objects.map(({ properties }) => properties.find((property) => property.name === name)?.node)
    const values = nodes.map((node) => (node === undefined ? undefined : constantsOf(node, 'program')))
    if (areDistinct(values)) return { name, values }
  }
  return undefined
}

function areDistinct(lists: readonly (readonly Constant[] | undefined)[]): lists is readonly (readonly Constant[])[] {
  const all = lists.flat()
  return lists.every((list) => list !== undefined) && new Set(all).size === all.length
}
