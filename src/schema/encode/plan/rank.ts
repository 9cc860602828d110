/** Ranks the options of a union for a value: the best one declares most of the value's properties, at every depth. */
import { constantsOf } from '../../option-fit.ts'
import { mergeIntersection } from '../../intersection.ts'
import type { Node, ObjectNode } from '../../node.ts'
import { isLeaf } from '../../walk-node.ts'
import { Fits } from './fit.ts'
import { isDefined, isObject, readProperty } from '../../object-value.ts'

/** Returns the indexes of the options in the order in which they are tried: the option that keeps most of the value comes first. */
export type Rank = (value: unknown) => readonly number[]

/** `undefined` if no value fits two options, or if all would get the same score. The options are then tried in the order of declaration. */
export function compileRank(options: readonly Node[]): Rank | undefined {
  const read = shapeReader()
  const common = commonNames(options)
  const shapes = options.map(read)
  if (!haveRivals(shapes) || shapes.every(({ score }) => score === undefined)) return undefined
  const scores = options.map((option, index) => (option.kind === 'object' ? objectScore(option, read, common) : shapes[index]!.score))
  const inOrder = options.map((_, index) => index)
  return (value) => {
    if (typeof value !== 'object' || value === null) return inOrder
    const seen: Seen = { scores: new Map(), fits: new Fits() }
    const kept = scores.map((score) => score?.(value, seen) ?? 0)
    return inOrder.toSorted((left, right) => kept[right]! - kept[left]!)
  }
}

/** Whether two options may accept the same kind of container. */
function haveRivals(shapes: readonly Shape[]): boolean {
  const taken = shapes.flatMap(({ containers }) => [...new Set(containers)])
  return new Set(taken).size < taken.length
}

/** The properties that have the same node in each option. Their content does not change the order. */
function commonNames(options: readonly Node[]): ReadonlySet<string> {
  const [first, ...others] = options
  if (first?.kind !== 'object') return new Set()
  const isCommon = (name: string, node: Node) =>
    others.every((one) => one.kind === 'object' && one.properties.some((property) => property.name === name && property.node === node))
  return new Set(first.properties.filter(({ name, node }) => isCommon(name, node)).map(({ name }) => name))
}

/** The number of properties of a value that a model declares, at every depth. Far below zero if a property has another constant than the model declares. */
type Score = (value: unknown, seen: Seen) => number

interface Seen {
  /** The scores for recursive models. Each object is counted once for each model, even in a cycle. */
  readonly scores: Map<Node, Map<unknown, number>>
  readonly fits: Fits
}

type Container = 'object' | 'array' | 'map' | 'set'

interface Shape {
  /** `undefined` for a node that declares no property. */
  readonly score: Score | undefined
  /** The types of container that the node may accept. */
  readonly containers: readonly Container[]
}

type ReadShape = (node: Node) => Shape

const MISMATCH = -1e12

const SCALAR: Shape = { score: undefined, containers: [] }
const ANYTHING: Shape = { score: undefined, containers: ['object', 'array', 'map', 'set'] }

function shapeReader(): ReadShape {
  const known = new Map<Node, Shape>()
  const read: ReadShape = (node) => {
    let shape = known.get(node)
    if (shape === undefined) {
      // A recursive model finds this when it refers to itself.
      known.set(node, ANYTHING)
      known.set(node, (shape = readShape(node, read)))
    }
    return shape
  }
  return read
}

function readShape(node: Node, read: ReadShape): Shape {
  if (isLeaf(node)) return node.kind === 'any' ? ANYTHING : SCALAR
  switch (node.kind) {
    case 'object':
      return { score: objectScore(node, read), containers: ['object'] }
    case 'array':
      return { score: listScore(read(node.items).score), containers: ['array'] }
    case 'set':
      return { score: listScore(read(node.items).score), containers: ['set'] }
    case 'tuple': {
      const rest = node.rest === undefined ? undefined : read(node.rest).score
      return {
        score: tupleScore(
          node.items.map((item) => read(item).score),
          rest,
        ),
        containers: ['array'],
      }
    }
    case 'record':
      return { score: entriesScore(node.value, read), containers: ['object'] }
    case 'map':
      return { score: entriesScore(node.value, read), containers: ['map'] }
    case 'union': {
      const shapes = node.options.map(read)
      return { score: bestScore(node.options, shapes), containers: shapes.flatMap(({ containers }) => containers) }
    }
    case 'intersection': {
      const merged = mergeIntersection(node)
      if (merged !== node) return read(merged)
      const [left, right] = [read(node.left), read(node.right)]
      return { score: sumScore(left.score, right.score), containers: [...left.containers, ...right.containers] }
    }
    case 'optional':
    case 'nullable':
    case 'default':
      return read(node.inner)
    case 'reference':
      return { score: referenceScore(node.target, read), containers: read(node.target()).containers }
    case 'codec':
      return read(node.domain)
    case 'island':
      return node.input === undefined ? ANYTHING : read(node.input)
    default:
      return node satisfies never
  }
}

function objectScore({ properties, additional }: ObjectNode, read: ReadShape, common: ReadonlySet<string> = NO_NAMES): Score {
  const fields = properties.map(({ name, node }) => ({
    name,
    score: common.has(name) ? undefined : read(node).score,
    constants: constantSet(constantsOf(node, 'program')),
  }))
  const others = typeof additional === 'string' ? undefined : undeclaredScore(additional, read)
  const declared = new Set(properties.map(({ name }) => name))
  return (value, seen) => {
    if (!isObject(value)) return 0
    let kept = 0
    for (const { name, score, constants } of fields) {
      if (!isDefined(value, name)) continue
      kept++
      if (score === undefined && constants === undefined) continue
      const one = readProperty(value, name)
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

/** A model of `any` keeps a property without declaring it. An option that declares the property must rank higher. */
function undeclaredScore(node: Node, read: ReadShape): Score | undefined {
  if (node.kind === 'any') return undefined
  const { score } = read(node)
  return (value, seen) => 1 + (score?.(value, seen) ?? 0)
}

function entriesScore(node: Node, read: ReadShape): Score | undefined {
  const score = undeclaredScore(node, read)
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

/** If two options accept the same container, only an option that fits is counted, because the encoder refuses the others. */
function bestScore(options: readonly Node[], shapes: readonly Shape[]): Score | undefined {
  if (shapes.every(({ score }) => score === undefined)) return undefined
  const isRivalry = haveRivals(shapes)
  return (value, seen) =>
    shapes.reduce((best, { score }, index) => {
      const kept = score?.(value, seen) ?? 0
      return kept > best && (!isRivalry || seen.fits.of(options[index]!, value)) ? kept : best
    }, MISMATCH)
}

function sumScore(left: Score | undefined, right: Score | undefined): Score | undefined {
  if (left === undefined || right === undefined) return left ?? right
  return (value, seen) => left(value, seen) + right(value, seen)
}

/** Compiled when it is first needed, because a recursive model is not complete before. */
function referenceScore(target: () => Node, read: ReadShape): Score {
  return (value, seen) => {
    if (typeof value !== 'object' || value === null) return 0
    const node = target()
    let scores = seen.scores.get(node)
    if (scores === undefined) seen.scores.set(node, (scores = new Map()))
    let kept = scores.get(value)
    if (kept === undefined) {
      scores.set(value, 0)
      scores.set(value, (kept = read(node).score?.(value, seen) ?? 0))
    }
    return kept
  }
}
