/** Model → the response pass: validate, filter and serialise in one. */
import { chooseBackEnd, type BackEnd, type BackEndName } from './encode/back-end.ts'
import { encodeCarefully, filterCarefully } from './encode/closures/careful.ts'
import { toBytes, toOutput } from './encode/output.ts'
import { createSlices } from './encode/slices.ts'
import { findIslands, type DescribedIsland } from './encode/plan/islands.ts'
import { lower } from './encode/plan/lower.ts'
import type { Node } from './node.ts'
import { readModel } from './read-model.ts'
import { generatesAnyTime } from './run-time.ts'
import type { AnySchema } from './schema.ts'
import { everyNode } from './walk-node.ts'

export interface Encoder {
  /** The value as JSON: a flat string if it is short and ASCII, else bytes that nothing else uses. Throws a `ModelError`. */
  readonly encode: (value: unknown) => string | Uint8Array
  /** The same as text. Throws a `ModelError`. */
  readonly encodeText: (value: unknown) => string
  /** The value checked and filtered, but not serialised: dates are still dates. Throws a `ModelError`. */
  readonly filter: (value: unknown) => unknown
  /** Is it so long a list that `encode` would keep all other requests waiting for more than a few milliseconds? Cheap to ask. */
  readonly isLarge: (value: unknown) => boolean
  /**
   * The same bytes in pieces, made a slice at a time between other work: for values that are large.
   * Rejects with a `ModelError`, or with the signal's reason.
   */
  readonly encodeSlices: (value: unknown, signal: AbortSignal) => Promise<readonly Uint8Array[]>
}

/** How a model is encoded. */
export interface EncodingDescription {
  readonly backEnd: BackEndName
  /** The parts that go through the schema's own library. */
  readonly islands: readonly DescribedIsland[]
}

interface Compiled extends Encoder {
  readonly backEnd: () => BackEnd
}

const encoders = new WeakMap<AnySchema, Compiled>()

/** Compiles each schema once. Throws a `DeclarationError` for a model that has no JSON. */
export function compileEncoder(schema: AnySchema): Encoder {
  return compileOnce(schema)
}

export function describeEncoding(schema: AnySchema): EncodingDescription {
  return { backEnd: compileOnce(schema).backEnd().name, islands: findIslands(readModel(schema)) }
}

function compileOnce(schema: AnySchema): Compiled {
  let encoder = encoders.get(schema)
  if (encoder === undefined) encoders.set(schema, (encoder = createEncoder(readModel(schema))))
  return encoder
}

function createEncoder(node: Node): Compiled {
  // Resolves lazy schemas: a model that has no JSON is refused when it is declared, not by its first answer.
  everyNode(node, 'out')
  const whole = createPlainEncoder(node)
  const slices = createSlices(node, createPlainEncoder)
  const filter = (value: unknown) => filterCarefully(node, 'domain', value)
  if (slices === undefined) {
    return { ...whole, filter, isLarge: () => false, encodeSlices: async (value) => [toBytes(whole.encodeText(value))] }
  }
  const { isLarge, encodeSlices, learn } = slices
  return {
    ...whole,
    filter,
    isLarge,
    encodeSlices,
    encode(value) {
      const output = whole.encode(value)
      learn(value, output.length)
      return output
    },
  }
}

function createPlainEncoder(node: Node) {
  let chosen = generatesAnyTime ? undefined : chooseBackEnd(lower(node))
  // Chosen for the first answer: an app may have hundreds of models that are rarely used.
  const backEnd = () => (chosen ??= chooseBackEnd(lower(node)))
  return {
    backEnd,
    encode: withCare(
      (value) => backEnd().encode(value),
      (value) => toOutput(encodeCarefully(node, value)),
    ),
    encodeText: withCare(
      (value) => backEnd().encodeText(value),
      (value) => encodeCarefully(node, value),
    ),
  }
}

/** Generated code only knows that a value is broken; the careful run finds where. If that run succeeds, a getter returned another value, and its result is used. */
function withCare<Output>(fast: (value: unknown) => Output | undefined, careful: (value: unknown) => Output): (value: unknown) => Output {
  return (value) => {
    try {
      const output = fast(value)
      if (output !== undefined) return output
    } catch {
      // The careful run throws it again, with its place if it is a breach.
    }
    return careful(value)
  }
}
