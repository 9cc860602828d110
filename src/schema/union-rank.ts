/** Which option of a union fits a value best: the one that declares most of the value's properties, at every depth. */
import { mergeIntersection } from './intersection.ts'
import type { Node, ObjectNode } from './node.ts'
import { isDefined, isInheritedName, isObject, readDefined } from './object-value.ts'
import { constantsOf } from './union.ts'
import type { Side } from './walk-node.ts'

/** The order in which the options of a union are tried, by their indexes: the one that keeps most of the value first. */
export type Rank = (value: unknown) => readonly number[]

/** `undefined` where no value can be one of two options, so that the order of declaration will do. */
export function compileRank(options: readonly Node[], side: Side): Rank | undefined {
  const compile = scoreCompiler(side)
  const common = commonNames(options)
  const scores = options.map((option) => (option.kind === 'object' ? objectScore(option, side, compile, common) : compile(option)))
  if (!haveRivals(options, side) || scores.every((score) => score === undefined)) return undefined
  const inOrder = options.map((_, index) => index)
  return (value) => {
    if (typeof value !== 'object' || value === null) return inOrder
    const seen: Seen = new Map()
    const kept = scores.map((score) => score?.(value, seen) ?? 0)
    return inOrder.toSorted((left, right) => kept[right]! - kept[left]!)
  }
}

/** Properties with one and the same node in each option: what is inside of them makes no difference. */
function commonNames(options: readonly Node[]): ReadonlySet<string> {
  const [first, ...others] = options
  if (first?.kind !== 'object') return new Set()
  const isCommon = (name: string, node: Node) =>
    others.every((one) => one.kind === 'object' && one.properties.some((property) => property.name === name && property.node === node))
  return new Set(first.properties.filter(({ name, node }) => isCommon(name, node)).map(({ name }) => name))
}

/** How many properties of a value a model declares, at every depth. Far below zero for a value that has another constant than the model. */
type Score = (value: unknown, seen: Seen) => number
/** Scores of recursive models: each object is counted once for each of them, also in a cycle. */
type Seen = Map<Node, Map<unknown, number>>
/** `undefined` for a node that declares no property. */
type CompileScore = (node: Node) => Score | undefined

const MISMATCH = -1e12

function scoreCompiler(side: Side): CompileScore {
  const known = new Map<Node, Score | undefined>()
  const compile: CompileScore = (node) => {
    if (!known.has(node)) known.set(node, compileScore(node, side, compile))
    return known.get(node)
  }
  return compile
}

function compileScore(node: Node, side: Side, compile: CompileScore): Score | undefined {
  switch (node.kind) {
    case 'object':
      return objectScore(node, side, compile)
    case 'array':
    case 'set':
      return listScore(compile(node.items))
    case 'tuple':
      return tupleScore(
        node.items.map((item) => compile(item)),
        node.rest === undefined ? undefined : compile(node.rest),
      )
    case 'record':
    case 'map':
      return entriesScore(node.value, compile)
    case 'union':
      return bestScore(node.options.map((option) => compile(option)))
    case 'intersection': {
      const merged = mergeIntersection(node)
      return merged === node ? sumScore(compile(node.left), compile(node.right)) : compile(merged)
    }
    case 'optional':
    case 'nullable':
    case 'default':
      return compile(node.inner)
    case 'reference':
      return referenceScore(node.target, compile)
    case 'codec':
      return compile(side === 'in' ? node.wire : node.domain)
    case 'island':
      return node.input === undefined ? undefined : compile(node.input)
    default:
      return undefined
  }
}

function objectScore(
  { properties, additional }: ObjectNode,
  side: Side,
  compile: CompileScore,
  common: ReadonlySet<string> = NO_NAMES,
): Score {
  const fields = properties.map(({ name, node }) => ({
    name,
    score: common.has(name) ? undefined : compile(node),
    constants: constantSet(constantsOf(node, side)),
  }))
  const others = typeof additional === 'string' ? undefined : undeclaredScore(additional, compile)
  const declared = new Set(properties.map(({ name }) => name))
  return (value, seen) => {
    if (!isObject(value)) return 0
    let kept = 0
    for (const { name, score, constants } of fields) {
      if (!isDefined(value, name)) continue
      kept++
      if (score === undefined && constants === undefined) continue
      const one = isInheritedName(name) ? readDefined(value, name) : value[name]
      if (constants?.has(one) === false) return MISMATCH
      if (score !== undefined) kept += score(one, seen)
    }
    if (others === undefined) return kept
    for (const name of Object.keys(value)) if (!declared.has(name)) kept += others(value[name], seen)
    return kept
  }
}

const NO_NAMES: ReadonlySet<string> = new Set()

function constantSet(constants: readonly unknown[] | undefined): ReadonlySet<unknown> | undefined {
  return constants === undefined ? undefined : new Set(constants)
}

/** A property of any value is kept, but not declared: a model that names it comes first. */
function undeclaredScore(node: Node, compile: CompileScore): Score | undefined {
  if (node.kind === 'any') return undefined
  const score = compile(node)
  return (value, seen) => 1 + (score?.(value, seen) ?? 0)
}

function entriesScore(node: Node, compile: CompileScore): Score | undefined {
  const score = undeclaredScore(node, compile)
  if (score === undefined) return undefined
  return (value, seen) => {
    if (typeof value !== 'object' || value === null) return 0
    const values: Iterable<unknown> = value instanceof Map ? value.values() : Object.values(value)
    let kept = 0
    for (const one of values) kept += score(one, seen)
    return kept
  }
}

function listScore(score: Score | undefined): Score | undefined {
  if (score === undefined) return undefined
  return (value, seen) => {
    let kept = 0
    if (Array.isArray(value) || value instanceof Set) for (const item of value as Iterable<unknown>) kept += score(item, seen)
    return kept
  }
}

function tupleScore(items: readonly (Score | undefined)[], rest: Score | undefined): Score | undefined {
  if (rest === undefined && items.every((item) => item === undefined)) return undefined
  return (value, seen) => {
    if (!Array.isArray(value)) return 0
    return value.reduce<number>((kept, item, index) => kept + ((index < items.length ? items[index] : rest)?.(item, seen) ?? 0), 0)
  }
}

function bestScore(scores: readonly (Score | undefined)[]): Score | undefined {
  if (scores.every((score) => score === undefined)) return undefined
  return (value, seen) => scores.reduce((best, score) => Math.max(best, score?.(value, seen) ?? 0), MISMATCH)
}

function sumScore(left: Score | undefined, right: Score | undefined): Score | undefined {
  if (left === undefined || right === undefined) return left ?? right
  return (value, seen) => left(value, seen) + right(value, seen)
}

/** Compiled when it is first needed: a recursive model is not complete before. */
function referenceScore(target: () => Node, compile: CompileScore): Score {
  return (value, seen) => {
    if (typeof value !== 'object' || value === null) return 0
    const node = target()
    let scores = seen.get(node)
    if (scores === undefined) seen.set(node, (scores = new Map()))
    let kept = scores.get(value)
    if (kept === undefined) {
      scores.set(value, 0)
      scores.set(value, (kept = compile(node)?.(value, seen) ?? 0))
    }
    return kept
  }
}

const NONE: ReadonlySet<Node> = new Set()

type Container = 'object' | 'array' | 'map' | 'set'

/** May two options take the same kind of container? */
function haveRivals(options: readonly Node[], side: Side): boolean {
  const taken = options.flatMap((option) => [...new Set(containersOf(option, side))])
  return new Set(taken).size < taken.length
}

const EVERY_CONTAINER: readonly Container[] = ['object', 'array', 'map', 'set']

function containersOf(node: Node, side: Side, entered: ReadonlySet<Node> = NONE): readonly Container[] {
  const inside = (inner: Node) => containersOf(inner, side, entered)
  switch (node.kind) {
    case 'any':
      return EVERY_CONTAINER
    case 'object':
    case 'record':
      return ['object']
    case 'array':
    case 'tuple':
      return ['array']
    case 'map':
      return side === 'in' ? ['object', 'array'] : ['map']
    case 'set':
      return side === 'in' ? ['array'] : ['set']
    case 'union':
      return node.options.flatMap(inside)
    case 'intersection':
      return [...inside(node.left), ...inside(node.right)]
    case 'optional':
    case 'nullable':
    case 'default':
      return inside(node.inner)
    case 'reference':
      return entered.has(node) ? EVERY_CONTAINER : containersOf(node.target(), side, new Set(entered).add(node))
    case 'codec':
      return inside(side === 'in' ? node.wire : node.domain)
    case 'island':
      return node.input === undefined ? EVERY_CONTAINER : inside(node.input)
    default:
      return []
  }
}
