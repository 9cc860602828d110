/** Ranks the options of a union for an input: for JSON by the names that an option declares, for text by how exact its reading is. */
import { takesAnything, constantsOf, mayFit } from './option-fit.ts'
import { bigintTest, numberTest, parseNumericKey, stringTest, timeTest } from './encode/values/constraints.ts'
import { mergeIntersection } from './intersection.ts'
import type { DateNode, LeafNode, Node } from './node.ts'
import { isObject } from './object-value.ts'
import { presenceOf } from './presence.ts'
import { scalarReader, readTexts } from './scalar.ts'
import { isLeaf, memberNodes, unwrap, wrapped } from './walk-node.ts'

/**
 * The options that a value may fit, best first: the one that declares most of its names, or that can parse its text. Equal options keep their order.
 * `jsonOf` returns the JSON of the value for an option. `input` is any object that identifies the whole input, of which the value may be a part.
 */
export function rankOptions(options: readonly Node[], jsonOf: (option: Node) => unknown, input: object): readonly number[] {
  const values = options.map(jsonOf)
  const candidates = options.flatMap((option, index) => (mayFit(option, values[index]) ? [index] : []))
  if (candidates.length < 2) return candidates
  let measures = measuresOf.get(input)
  if (measures === undefined) measuresOf.set(input, (measures = new Measures()))
  const scores = new Map(candidates.map((index) => [index, score(options[index]!, values[index], measures)]))
  return candidates.toSorted((left, right) => scores.get(right)! - scores.get(left)!)
}

/** A union inside a union scores the same values again: without this cache a deep input would take quadratic time. */
const measuresOf = new WeakMap<object, Measures>()

function score(option: Node, json: unknown, measures: Measures): number {
  if (typeof json === 'object') return measures.of(option, json)
  const { kind } = unwrap(option)
  if (typeof json === 'bigint') return kind === 'bigint' ? 1 : 0
  // Any text fits a string, so options that parse the text come first.
  return typeof json === 'string' && READ_BEFORE_TEXT.has(kind) ? 1 : 0
}

const READ_BEFORE_TEXT: ReadonlySet<Node['kind']> = new Set(['literal', 'date', 'url', 'bigint'])

const UNFIT = -1
const NEVER: Node = { kind: 'never' }

/** The number of names in a value that a model declares, at any depth; `UNFIT` if the value does not fit the declared part. */
class Measures {
  readonly #known = new Map<Node, Map<object, number>>()

  of(node: Node, json: unknown): number {
    if (!mayFit(node, json)) return UNFIT
    if (typeof json !== 'object' || json === null) return this.#measure(node, json)
    let ofNode = this.#known.get(node)
    if (ofNode === undefined) this.#known.set(node, (ofNode = new Map()))
    let count = ofNode.get(json)
    if (count === undefined) ofNode.set(json, (count = this.#measure(node, json)))
    return count
  }

  #measure(node: Node, json: unknown): number {
    if (isLeaf(node) && node.kind !== 'any') return passes(node, json) ? 0 : UNFIT
    if (json === null) return 0
    if (node.kind === 'union') return Math.max(...node.options.map((option) => this.of(option, json)))
    if (node.kind === 'intersection') {
      const merged = mergeIntersection(node)
      return merged === node ? add(this.of(node.left, json), this.of(node.right, json)) : this.of(merged, json)
    }
    const inner = wrapped(node, 'request')
    if (inner === undefined) return typeof json === 'object' && node.kind !== 'island' ? this.#measureParts(node, json) : 0
    const count = this.of(inner, json)
    return node.kind === 'island' && takesAnything(node) ? Math.max(0, count) : count
  }

  #measureParts(node: Node, json: object): number {
    if (Array.isArray(json)) return this.#measureItems(node, json)
    const key = node.kind === 'record' || node.kind === 'map' ? node.key : undefined
    const others = node.kind === 'object' && node.additional === 'refuse' ? NEVER : undefined
    let total = 0
    for (const [name, value] of Object.entries(json)) {
      if (key !== undefined && !this.#takesKey(key, name)) return UNFIT
      const inner = memberNodes(node, name)[0] ?? others
      // Undeclared properties are dropped.
      if (inner === undefined) continue
      const count = this.of(inner, value)
      if (count === UNFIT) return UNFIT
      total += 1 + count
    }
    return total
  }

  #measureItems(node: Node, json: readonly unknown[]): number {
    if (!takesLength(node, json.length)) return UNFIT
    let total = 0
    let inner: Node | undefined
    for (const [index, item] of json.entries()) {
      // Only a tuple has a different model for each item.
      if (index === 0 || node.kind === 'tuple') inner = memberNodes(node, index)[0]
      total = add(total, this.of(inner ?? NEVER, item))
      if (total === UNFIT) return UNFIT
    }
    return total
  }

  /** A key may be a number in the program, but is text on the wire. */
  #takesKey(node: Node, key: string): boolean {
    if (this.of(node, key) !== UNFIT) return true
    const number = parseNumericKey(key)
    return number !== undefined && this.of(node, number) !== UNFIT
  }
}

function add(left: number, right: number): number {
  return left === UNFIT || right === UNFIT ? UNFIT : left + right
}

function takesLength(node: Node, length: number): boolean {
  if (node.kind === 'array' || node.kind === 'set') return length >= (node.minItems ?? 0) && length <= (node.maxItems ?? Infinity)
  return node.kind !== 'tuple' || node.items.slice(length).every((item) => presenceOf(item).isOptionalInRequest)
}

type Test = (value: unknown) => boolean

const tests = new WeakMap<LeafNode, Test>()

/** Whether a value of the right type passes the checks of its model. */
function passes(node: LeafNode, json: unknown): boolean {
  let test = tests.get(node)
  if (test === undefined) tests.set(node, (test = createTest(node)))
  return test(json)
}

function createTest(node: LeafNode): Test {
  if (node.kind === 'string') return (stringTest(node) as Test | undefined) ?? takesAll // `mayFit` has asked for the type
  if (node.kind === 'number') {
    const test = numberTest(node)
    return (json) => test(Number(json))
  }
  const reader = scalarReader(node)
  if (reader === undefined) return takesAll
  // The reader gives a value of the type that the test takes.
  const test =
    (node.kind === 'bigint' ? (bigintTest(node) as Test | undefined) : node.kind === 'date' ? dateTest(node) : undefined) ?? takesAll
  return (json) => {
    const value = typeof json === 'string' ? reader.parse(json) : (reader.accepts?.(json) ?? json)
    return value !== undefined && test(value)
  }
}

function dateTest(node: DateNode): Test {
  const timeIn = timeTest(node)
  return (value) => !Number.isNaN(timeIn(value))
}

function takesAll(): boolean {
  return true
}

/** The kinds with a JSON type of their own. The others are text in JSON too. */
const JSON_SCALARS: ReadonlySet<Node['kind']> = new Set(['number', 'boolean'])

/** Like `rankOptions`, for a value whose scalars are all text, as in a CSV file. Of the readings of one text, an exact one is first. */
export function rankTextOptions(options: readonly Node[], value: unknown, input: object): readonly number[] {
  const read = (option: Node) => readTexts(option, value, JSON_SCALARS)
  if (typeof value !== 'string') return rankOptions(options, read, input)
  return options
    .map((option, index) => ({ option, index, json: read(option) }))
    .filter(({ option, json }) => mayFit(option, json))
    .toSorted((left, right) => precedence(left.option, value, left.json) - precedence(right.option, value, right.json))
    .map(({ index }) => index)
}

/** Returns a function that replaces the text of the tag, a discriminator, by the constant that it represents. */
export function readTag(options: readonly Node[], tag: string): (value: unknown) => unknown {
  const constants = options.flatMap((option) => memberNodes(unwrap(option), tag).flatMap((node) => constantsOf(node, 'request') ?? []))
  const byText = new Map(constants.map((constant) => [String(constant), constant]))
  return (value) => {
    const text = isObject(value) ? value[tag] : undefined
    return typeof text === 'string' && byText.has(text) ? { ...(value as object), [tag]: byText.get(text) } : value
  }
}

/** The rank of a reading, `value` as `node`: constants and exact readings are first, then text, then other formats. */
export function precedence(node: Node, text: unknown, value: unknown): number {
  const inner = unwrap(node)
  if (typeof text !== 'string' || inner.kind === 'literal') return 0
  return READ_FROM_TEXT.has(inner.kind) ? (isExact(inner, text, value) ? 0 : 2) : 1
}

const READ_FROM_TEXT: ReadonlySet<Node['kind']> = new Set(['number', 'bigint', 'boolean', 'date', 'url'])

/** Whether formatting the value gives the same text again. If not, text is the better reading: `007`, `1e3`, and long numbers whose digits would be lost. */
function isExact({ kind }: Node, text: string, value: unknown): boolean {
  return kind === 'url' || (kind === 'date' ? DATE_TIME.test(text) : String(value) === text)
}

/** RFC 3339 §5.6 `date-time`, the format in the OpenAPI document. */
const DATE_TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/

/** All options that a text can represent, including those of nested unions. */
export function optionsOf(options: readonly Node[]): readonly Node[] {
  return options.flatMap((option) => {
    if (option.kind === 'null' || option.kind === 'undefined') return []
    return option.kind === 'union' ? optionsOf(option.options) : [option]
  })
}

/** False if the option has constants and the value is not one of them. */
export function hasConstant(node: Node, value: unknown): boolean {
  const inner = unwrap(node)
  return inner.kind !== 'literal' || (inner.values as readonly unknown[]).includes(value)
}
