/** Which option of a union a value that came in belongs to: the one question that JSON bodies and text inputs both ask here. */
import type { LiteralNode, Node, ObjectNode, Property } from './node.ts'

type Members = Readonly<Record<string, unknown>>

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** May JSON be of this model? Looks at types, required names and constants, one level deep: no option that fits is ruled out. */
function mayFit(node: Node, json: unknown): boolean {
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
      return hasConstant(node, json)
    case 'object':
      return isMembers(json) && node.properties.every((property) => mayHold(property, json))
    case 'record':
      return isMembers(json)
    case 'map':
      return typeof json === 'object' && json !== null
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
      return node.input === undefined || takesAnything(node.schema) || mayFit(node.input, json)
    case 'any':
    case 'file':
      return true
  }
}

/** A property without its name, or with another constant than its own, rules its object out. */
function mayHold({ name, node, required }: Property, json: Members): boolean {
  if (!Object.hasOwn(json, name)) return !required
  const constants = constantsOf(node)
  return constants === undefined || constants.some((literal) => hasConstant(literal, json[name]))
}

/** The constants that a property may have on the wire; `undefined` where it may have other values. */
function constantsOf(node: Node): readonly LiteralNode[] | undefined {
  switch (node.kind) {
    case 'literal':
      return [node]
    case 'null':
      return [{ kind: 'literal', values: [null] }]
    case 'nullable':
      return extended(constantsOf(node.inner), null)
    case 'optional':
    case 'default':
      return extended(constantsOf(node.inner), undefined)
    case 'reference':
      return constantsOf(node.target())
    case 'codec':
      return constantsOf(node.wire)
    default:
      return undefined
  }
}

function extended(constants: readonly LiteralNode[] | undefined, value: null | undefined): readonly LiteralNode[] | undefined {
  return constants === undefined ? undefined : [...constants, { kind: 'literal', values: [value] }]
}

/** A bigint travels as digits, in a string or as a number. */
function hasConstant({ values }: LiteralNode, json: unknown): boolean {
  return values.some((value) => value === json || (typeof value === 'bigint' && isScalar(json) && String(json) === String(value)))
}

function isScalar(value: unknown): value is string | number | bigint {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
}

/** `catch()` replaces whatever does not fit. */
function takesAnything(schema: object): boolean {
  const { _zod: zod } = schema as { readonly _zod?: { readonly def: { readonly type: string } } }
  return zod?.def.type === 'catch'
}

/** Counted names by value and model: a recursive model asks the same again on each level. */
type Counted = Map<Node, WeakMap<object, number>>

/** How many names of the value the model declares, at any depth: the option that declares the most loses the least. */
function countDeclared(node: Node, json: unknown, counted: Counted): number {
  if (typeof json !== 'object' || json === null) return 0
  let ofNode = counted.get(node)
  if (ofNode === undefined) counted.set(node, (ofNode = new WeakMap()))
  const known = ofNode.get(json)
  if (known !== undefined) return known
  ofNode.set(json, 0)
  const count = countIn(node, json, (inner, value) => countDeclared(inner, value, counted))
  ofNode.set(json, count)
  return count
}

type Count = (node: Node, json: unknown) => number

function countIn(node: Node, json: object, count: Count): number {
  switch (node.kind) {
    case 'object':
      return Array.isArray(json) ? 0 : countProperties(node, json as Members, count)
    case 'record':
    case 'map':
      return Array.isArray(json) ? countItems(() => ANY, json, count) : countMembers(node.value, json as Members, count)
    case 'any':
      return Array.isArray(json) ? countItems(() => ANY, json, count) : countMembers(ANY, json as Members, count)
    case 'array':
    case 'set':
      return Array.isArray(json) ? countItems(() => node.items, json, count) : 0
    case 'tuple':
      return Array.isArray(json) ? countItems((index) => node.items[index] ?? node.rest ?? ANY, json, count) : 0
    case 'union':
      return Math.max(0, ...node.options.map((option) => (mayFit(option, json) ? count(option, json) : 0)))
    case 'intersection':
      return count(node.left, json) + count(node.right, json)
    case 'optional':
    case 'nullable':
    case 'default':
      return count(node.inner, json)
    case 'reference':
      return count(node.target(), json)
    case 'codec':
      return count(node.wire, json)
    case 'island':
      return node.input === undefined ? 0 : count(node.input, json)
    default:
      return 0
  }
}

const ANY: Node = { kind: 'any' }

function countProperties({ properties, additional }: ObjectNode, json: Members, count: Count): number {
  const declared = new Map(properties.map(({ name, node }) => [name, node]))
  let total = 0
  for (const [name, value] of Object.entries(json)) {
    const node = declared.get(name) ?? (typeof additional === 'string' ? undefined : additional)
    if (node !== undefined) total += 1 + count(node, value)
  }
  return total
}

function countMembers(node: Node, json: Members, count: Count): number {
  return Object.values(json).reduce<number>((total, value) => total + 1 + count(node, value), 0)
}

function countItems(nodeAt: (index: number) => Node, items: readonly unknown[], count: Count): number {
  return items.reduce<number>((total, item, index) => total + count(nodeAt(index), item), 0)
}

/** The options that a value may be of, best first: the one that declares the most of its names, or that reads its text. Equal ones in their order. */
export function rankOptions(options: readonly Node[], json: unknown): readonly number[] {
  const candidates = options.flatMap((option, index) => (mayFit(option, json) ? [index] : []))
  if (candidates.length < 2) return candidates
  const counted: Counted = new Map()
  const scores = new Map(candidates.map((index) => [index, score(options[index]!, json, counted)]))
  return candidates.toSorted((left, right) => scores.get(right)! - scores.get(left)!)
}

function score(option: Node, json: unknown, counted: Counted): number {
  if (typeof json === 'object') return countDeclared(option, json, counted)
  const { kind } = unwrap(option)
  if (typeof json === 'bigint') return kind === 'bigint' ? 1 : 0
  // Any text is a string: what else it can be read as comes first.
  return typeof json === 'string' && READ_BEFORE_TEXT.has(kind) ? 1 : 0
}

const READ_BEFORE_TEXT: ReadonlySet<Node['kind']> = new Set(['literal', 'date', 'url', 'bigint'])

/** What stands inside wrappers, on the wire's side. */
export function unwrap(node: Node): Node {
  switch (node.kind) {
    case 'optional':
    case 'nullable':
    case 'default':
      return unwrap(node.inner)
    case 'reference':
      return unwrap(node.target())
    case 'codec':
      return unwrap(node.wire)
    case 'island':
      return node.input === undefined ? node : unwrap(node.input)
    default:
      return node
  }
}

/** Is it a structure, which text can only hold as JSON? A list of such has one text for each item. */
export function isPart(node: Node): boolean {
  const inner = unwrap(node)
  switch (inner.kind) {
    case 'object':
    case 'record':
    case 'tuple':
    case 'map':
      return true
    case 'array':
    case 'set':
      return isPart(inner.items)
    case 'union':
      return inner.options.some(isPart)
    case 'intersection':
      return isPart(inner.left)
    default:
      return false
  }
}

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
