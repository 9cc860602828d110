/** Model → the response pass: validate, filter and serialise in one. */
import { chooseBackEnd } from './encode/back-end.ts'
import { encodeCarefully, filterCarefully } from './encode/careful.ts'
import { toOutput } from './encode/output.ts'
import type { Node } from './node.ts'
import { readModel } from './read-model.ts'
import type { AnySchema } from './schema.ts'

export interface Encoder {
  /** A model's value as JSON, ready for a writer: flat ASCII text, or bytes. Throws a `ModelBreach`. */
  readonly encode: (value: unknown) => string | Uint8Array
  /** The same as text. Throws a `ModelBreach`. */
  readonly encodeText: (value: unknown) => string
  /** The value checked and filtered, but not serialised: dates are still dates. Throws a `ModelBreach`. */
  readonly filter: (value: unknown) => unknown
}

const encoders = new WeakMap<AnySchema, Encoder>()

/** Compiled once for each schema. Throws a `DeclarationError` for what can't travel. */
export function compileEncoder(schema: AnySchema): Encoder {
  let encoder = encoders.get(schema)
  if (encoder === undefined) encoders.set(schema, (encoder = createEncoder(readModel(schema))))
  return encoder
}

function createEncoder(node: Node): Encoder {
  const { encode, encodeText } = chooseBackEnd(node)
  return {
    encode: withCare(encode, (value) => toOutput(encodeCarefully(node, value))),
    encodeText: withCare(encodeText, (value) => encodeCarefully(node, value)),
    filter: (value) => filterCarefully(node, 'domain', value),
  }
}

/** Generated code only knows that a value is broken; the careful run finds where. If it finds nothing, a getter gave something else, and its result stands. */
function withCare<Output>(fast: (value: unknown) => Output | undefined, careful: (value: unknown) => Output): (value: unknown) => Output {
  return (value) => {
    try {
      const output = fast(value)
      if (output !== undefined) return output
    } catch {
      // The careful run throws it again, with its place where it is a breach.
    }
    return careful(value)
  }
}
