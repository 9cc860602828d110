/** JSON of a request → typed values: dates, big integers, bytes and the like are read from their form in JSON, and all is checked. */
import { compileCheck, type Check } from './check.ts'
import type { InputResult } from './issue.ts'
import { findNul } from './nul.ts'
import { isMembers } from './option-fit.ts'
import type { Node } from './node.ts'
import { isZod, readModel } from './read-model.ts'
import { scalarReader } from './scalar.ts'
import type { AnySchema } from './schema.ts'
import { everyNode, unwrap } from './walk-node.ts'

export interface WireReader {
  /** Integers beyond 2^53 must come as bigints: the model keeps them exact. */
  readonly needsExactIntegers: boolean
  readonly read: Check
  /** What is wrong with text that may hold U+0000; `undefined` if the model takes it or drops it. */
  readonly refuseNul: (json: unknown) => InputResult | undefined
}

export interface WireOptions {
  /** Numbers, booleans and constants arrive as text, as all values of a CSV file do. Default: false. */
  readonly textValues?: boolean
}

export function compileWireReader(schema: AnySchema, { textValues = false }: WireOptions = {}): WireReader {
  const node = readModel(schema)
  const check = compileCheck(schema, textValues ? 'texts' : 'json')
  return {
    needsExactIntegers: [...everyNode(node, 'in')].some(({ kind }) => kind === 'bigint'),
    refuseNul: (json) => findNul(node, json),
    // Other libraries check what JSON has; they read no text.
    read: textValues && !isZod(schema) ? (json) => check(readTexts(node, json)) : check,
  }
}

/** A text that can't be read is left to its library, which refuses it. */
function readTexts(node: Node, json: unknown): unknown {
  const inner = unwrap(node)
  if (typeof json === 'string') {
    if (inner.kind === 'literal') return inner.values.find((value) => String(value) === json) ?? json
    return scalarReader(inner)?.parse(json) ?? json
  }
  if (Array.isArray(json)) return inner.kind === 'array' ? json.map((item) => readTexts(inner.items, item)) : json
  if (!isMembers(json)) return json
  const nodes = inner.kind === 'object' ? new Map(inner.properties.map((property) => [property.name, property.node])) : undefined
  const others = inner.kind === 'record' ? inner.value : ANY
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, readTexts(nodes?.get(name) ?? others, value)]))
}

const ANY: Node = { kind: 'any' }
