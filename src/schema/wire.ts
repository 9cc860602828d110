/** Converts and validates JSON by a model: of a request, and of values that are stored as text. */
import { after, type MaybePromise } from '../maybe-promise.ts'
import { compileCheck, type Check } from './check.ts'
import { compileEncoder } from './encode.ts'
import type { InputResult } from './issue.ts'
import { parseExactJSON } from './json-text.ts'
import { ModelError } from './model-error.ts'
import { findNul } from './nul.ts'
import { isZod, readModel } from './read-model.ts'
import { readTexts } from './scalar.ts'
import type { AnySchema } from './schema.ts'
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

/** Stores a value as text by its model: encoded like a response, decoded like the body of a request. */
export interface StoredText {
  /** Throws a `ModelError` for a value that does not fit the model, or that the model could not decode again. */
  readonly encode: (value: unknown) => MaybePromise<string>
  /** Returns issues if the text does not fit the model, such as after a release that changed the model. */
  readonly decode: (text: string) => MaybePromise<InputResult>
}

export function compileStoredText(schema: AnySchema): StoredText {
  const { encodeText } = compileEncoder(schema)
  const { read, needsExactIntegers } = compileWireReader(schema)
  const parse: (text: string) => unknown = needsExactIntegers ? parseExactJSON : JSON.parse
  // Only custom code in the model can refuse text that the model has written.
  const runsCode = [...everyNode(readModel(schema), 'in')].some(({ kind }) => kind === 'island' || kind === 'codec')
  const decode = (text: string): MaybePromise<InputResult> => {
    let json: unknown
    try {
      json = parse(text)
    } catch {
      return { issues: [{ path: [], code: 'json_invalid', message: 'The text is not JSON' }] }
    }
    return read(json)
  }
  return {
    decode,
    encode(value) {
      const text = encodeText(value)
      if (!runsCode) return text
      return after(decode(text), ({ issues }) => {
        if (issues !== undefined)
          throw new ModelError([], 'a value that the model can read again', 'one that it refuses: use a codec for a transform')
        return text
      })
    },
  }
}
