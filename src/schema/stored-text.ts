/** Stores a value as text by its model: encoded like a response, decoded like the body of a request. */
import { after, type MaybePromise } from '../maybe-promise.ts'
import { compileEncoder } from './encode.ts'
import type { InputResult } from './issue.ts'
import { ModelError } from './model-error.ts'
import { parseExactJSON } from './parse-json.ts'
import { readModel } from './read-model.ts'
import type { AnySchema } from './schema.ts'
import { everyNode } from './walk-node.ts'
import { compileWireReader } from './wire.ts'

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
