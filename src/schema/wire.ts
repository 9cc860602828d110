/** Converts and validates JSON of a request: dates, big integers, bytes and others are read from their form in JSON. */
import { compileCheck, type Check } from './check.ts'
import type { InputResult } from './issue.ts'
import { findNul } from './nul.ts'
import { isZod, readModel } from './read-model.ts'
import type { AnySchema } from './schema.ts'
import { readTexts } from './text-values.ts'
import { everyNode } from './walk-node.ts'

export interface WireReader {
  /** Whether integers beyond 2^53 must be parsed as bigints, because the model keeps them exact. */
  readonly needsExactIntegers: boolean
  readonly read: Check
  /** The issues of U+0000 in text; `undefined` if the model has no text with it, allows it or drops it. */
  readonly refuseNul: (json: unknown) => InputResult | undefined
}

export interface WireOptions {
  /** Whether numbers, booleans and constants arrive as text, like all values of a CSV file. Default: false. */
  readonly textValues?: boolean
}

export function compileWireReader(schema: AnySchema, { textValues = false }: WireOptions = {}): WireReader {
  const node = readModel(schema)
  const check = compileCheck(schema, textValues ? 'texts' : 'json')
  return {
    needsExactIntegers: [...everyNode(node, 'in')].some(({ kind }) => kind === 'bigint'),
    refuseNul: (json) => findNul(node, json),
    // Other libraries validate values of JSON; they do not convert text.
    read: textValues && !isZod(schema) ? (json) => check(readTexts(node, json)) : check,
  }
}
