/** JSON of a request → typed values: dates, big integers, bytes and the like are read from what JSON has for them, then all is checked. */
import { compileCheck } from './check.ts'
import type { InputIssue, InputResult } from './issue.ts'
import type { LiteralNode, Node, ObjectNode, UnionNode } from './node.ts'
import { readModel } from './read-model.ts'
import { scalarReader, toIssue } from './scalar.ts'
import type { AnySchema } from './schema.ts'
import { everyNode } from './walk-node.ts'

/** Gives what the schema shall check; what can't be read is added to `issues`. A value of another type is left to the schema. */
type Convert = (value: unknown, path: InputIssue['path'], issues: InputIssue[]) => unknown

export interface WireReader {
  /** Integers beyond 2^53 must come as bigints: the model keeps them exact. */
  readonly needsExactIntegers: boolean
  readonly read: (json: unknown) => InputResult | Promise<InputResult>
}

const NO_PATH: InputIssue['path'] = []

export interface WireOptions {
  /** Numbers, booleans and constants arrive as text, as all values of a CSV file do. Default: false. */
  readonly textValues?: boolean
}

export function compileWireReader(schema: AnySchema, { textValues = false }: WireOptions = {}): WireReader {
  const node = readModel(schema)
  const kinds = new Set([...everyNode(node, 'in')].map(({ kind }) => kind))
  const check = compileCheck(schema)
  const converts = textValues || [...kinds].some((kind) => CONVERTED.has(kind))
  const convert = converts ? compileConvert(node, textValues ? makeTextConvert : makeConvert, new Map()) : undefined
  return {
    needsExactIntegers: kinds.has('bigint'),
    read(json) {
      const issues: InputIssue[] = []
      return check(convert === undefined ? json : convert(json, NO_PATH, issues), issues)
    },
  }
}

/** Kinds whose values are not those of JSON. */
const CONVERTED: ReadonlySet<Node['kind']> = new Set(['date', 'bigint', 'bytes', 'url', 'map', 'set'])

const keep: Convert = (value) => value

type MakeConvert = (node: Node, compile: (node: Node) => Convert) => Convert

/** `compiled` keeps recursive models finite. */
function compileConvert(node: Node, make: MakeConvert, compiled: Map<Node, Convert>): Convert {
  const known = compiled.get(node)
  if (known !== undefined) return known
  let convert: Convert = keep
  compiled.set(node, (value, path, issues) => convert(value, path, issues))
  convert = make(node, (inner) => compileConvert(inner, make, compiled))
  compiled.set(node, convert)
  return convert
}

/** Text is read by its declared type; all else as JSON. */
function makeTextConvert(node: Node, compile: (node: Node) => Convert): Convert {
  if (node.kind === 'literal') return convertLiteral(node)
  return node.kind === 'number' || node.kind === 'boolean' ? convertScalar(node) : makeConvert(node, compile)
}

/** The constant that is written like the text. */
function convertLiteral({ values }: LiteralNode): Convert {
  const byText = new Map(values.map((value) => [String(value), value]))
  return (value) => (typeof value === 'string' && byText.has(value) ? byText.get(value) : value)
}

function makeConvert(node: Node, compile: (node: Node) => Convert): Convert {
  switch (node.kind) {
    case 'date':
    case 'bytes':
    case 'url':
      return convertScalar(node)
    case 'bigint':
      return convertBigInt(node)
    case 'number':
      return (value) => (typeof value === 'bigint' ? Number(value) : value)
    case 'object':
      return convertObject(node, compile)
    case 'record':
      return convertRecord(compile(node.value))
    case 'map':
      return convertMap(node.key.kind === 'string', compile(node.key), compile(node.value))
    case 'array':
      return convertList(compile(node.items))
    case 'set':
      return convertSet(convertList(compile(node.items)))
    case 'tuple':
      return convertTuple(node.items.map(compile), node.rest === undefined ? keep : compile(node.rest))
    case 'union':
      return convertUnion(node, compile)
    case 'optional':
    case 'nullable':
    case 'default':
      return compile(node.inner)
    case 'reference':
      return compile(node.target())
    case 'codec':
      return compile(node.wire)
    case 'island':
      return node.input === undefined ? keep : compile(node.input)
    case 'intersection':
      return inTurn(compile(node.left), compile(node.right))
    default:
      return keep
  }
}

function inTurn(first: Convert, second: Convert): Convert {
  return (value, path, issues) => second(first(value, path, issues), path, issues)
}

function convertScalar(node: Node): Convert {
  const reader = scalarReader(node)!
  return (value, path, issues) => {
    if (typeof value !== 'string') return value
    const read = reader.parse(value)
    if (read === undefined) issues.push(toIssue(reader, path))
    return read
  }
}

/** A JSON integer, or a string of digits. */
function convertBigInt(node: Node): Convert {
  const ofText = convertScalar(node)
  return (value, path, issues) => (Number.isInteger(value) ? BigInt(value as number) : ofText(value, path, issues))
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function convertObject({ properties, additional }: ObjectNode, compile: (node: Node) => Convert): Convert {
  const converts = new Map(properties.map(({ name, node }) => [name, compile(node)]))
  const others = typeof additional === 'string' ? keep : compile(additional)
  return (value, path, issues) => {
    if (!isObject(value)) return value
    const converted: Record<string, unknown> = Object.create(null)
    for (const [name, one] of Object.entries(value)) converted[name] = (converts.get(name) ?? others)(one, [...path, name], issues)
    return converted
  }
}

function convertRecord(convert: Convert): Convert {
  return (value, path, issues) => {
    if (!isObject(value)) return value
    const converted: Record<string, unknown> = {}
    for (const [name, one] of Object.entries(value)) if (name !== '__proto__') converted[name] = convert(one, [...path, name], issues)
    return converted
  }
}

/** As it goes out: an object where keys are strings, else pairs. */
function convertMap(hasStringKeys: boolean, convertKey: Convert, convertValue: Convert): Convert {
  return (value, path, issues) => {
    if (hasStringKeys && isObject(value))
      return new Map(Object.entries(value).map(([name, one]) => [name, convertValue(one, [...path, name], issues)]))
    if (!Array.isArray(value) || !value.every((pair) => Array.isArray(pair) && pair.length === 2)) return value
    return new Map(
      (value as [unknown, unknown][]).map(([key, one], index) => [
        convertKey(key, [...path, index, 0], issues),
        convertValue(one, [...path, index, 1], issues),
      ]),
    )
  }
}

function convertList(convert: Convert): Convert {
  return (value, path, issues) => (Array.isArray(value) ? value.map((item, index) => convert(item, [...path, index], issues)) : value)
}

function convertSet(ofList: Convert): Convert {
  return (value, path, issues) => (Array.isArray(value) ? new Set(ofList(value, path, issues) as unknown[]) : value)
}

function convertTuple(items: readonly Convert[], rest: Convert): Convert {
  return (value, path, issues) =>
    Array.isArray(value) ? value.map((item, index) => (items[index] ?? rest)(item, [...path, index], issues)) : value
}

/** By its tag where there is one; else an object goes by its required names, and text by the first option that it can be read as. */
function convertUnion({ options, discriminator }: UnionNode, compile: (node: Node) => Convert): Convert {
  const choices = options.map((option) => ({ convert: compile(option), object: toObject(option) }))
  return (value, path, issues) => {
    if (isObject(value)) {
      const choice = choices.find(({ object }) => object !== undefined && isMeant(object, value, discriminator))
      return choice === undefined ? value : choice.convert(value, path, issues)
    }
    for (const { convert } of choices) {
      const own: InputIssue[] = []
      const converted = convert(value, path, own)
      if (own.length === 0 && converted !== value) return converted
    }
    return value
  }
}

function toObject(node: Node): ObjectNode | undefined {
  if (node.kind === 'reference') return toObject(node.target())
  return node.kind === 'object' ? node : undefined
}

function isMeant({ properties }: ObjectNode, value: Readonly<Record<string, unknown>>, discriminator: string | undefined): boolean {
  if (discriminator === undefined) return properties.every(({ name, required }) => !required || name in value)
  const tag = properties.find(({ name }) => name === discriminator)?.node
  return tag?.kind === 'literal' && tag.values.some((one) => one === value[discriminator])
}
