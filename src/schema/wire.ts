/** JSON of a request → typed values: dates, big integers, bytes and the like are read from their form in JSON, and all is checked. */
import { compileCheck, type Check } from './check.ts'
import type { InputResult } from './issue.ts'
import { findNul } from './nul.ts'
import { isZod, readModel } from './read-model.ts'
import type { AnySchema } from './schema.ts'
import { readTexts } from './text-values.ts'
import { everyNode } from './walk-node.ts'

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
