/** Compiles a model into an encoder that validates, filters and serialises in one pass. The model, the runtime and previous responses decide which back end runs. */
import { encodeCarefully, filterCarefully } from './encode/closures/run.ts'
import { toBytes, toOutput } from './encode/output.ts'
import { createSlices } from './encode/slices.ts'
import { findIslands, type DescribedIsland } from './encode/plan/islands.ts'
import { lower } from './encode/plan/lower.ts'
import type { Node } from './node.ts'
import { readModel } from './read-model.ts'
import { generatesAnyTime } from './run-time.ts'
import type { AnySchema } from './schema.ts'
import { everyNode } from './walk-node.ts'
import { projectEncoder } from './encode/project/print.ts'
import { ELSEWHERE, SlabEncoder } from './encode/slab/encoder.ts'
import { getSlab, type Slab } from './encode/slab/memory.ts'
import { canGenerate } from './encode/code/source.ts'
import type { Plan } from './encode/plan/plan.ts'
import { judge } from './encode/slab/worth.ts'

export interface Encoder {
  /** The value as JSON: a flat string if it is short and ASCII, else bytes that nothing else uses. Throws a `ModelError`. */
  readonly encode: (value: unknown) => string | Uint8Array
  /** The same as text. Throws a `ModelError`. */
  readonly encodeText: (value: unknown) => string
  /** The checked and filtered value, which is not serialised: dates are still dates. Throws a `ModelError`. */
  readonly filter: (value: unknown) => unknown
  /** Whether the value is a list so long that `encode` would block other requests for more than a few milliseconds. Cheap to call. */
  readonly isLarge: (value: unknown) => boolean
  /**
   * For large values: the same bytes in slices. Other work can run between two slices.
   * Rejects with a `ModelError`, or with the signal's reason.
   */
  readonly encodeSlices: (value: unknown, signal: AbortSignal) => Promise<readonly Uint8Array[]>
}

/** How a model is encoded. */
export interface EncodingDescription {
  readonly backEnd: BackEndName
  /** The parts that the schema library validates. */
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
  // Resolves lazy schemas, so that a model without JSON is refused at declaration and not by the first response.
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
  // Chosen for the first response, because an app may have hundreds of models that are rarely used.
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

/** Generated code reports only that a value breaks its model. The careful run finds the place. If that run succeeds, a getter has returned another value, and the result is used. */
function withCare<Output>(fast: (value: unknown) => Output | undefined, careful: (value: unknown) => Output): (value: unknown) => Output {
  return (value) => {
    try {
      const output = fast(value)
      if (output !== undefined) return output
    } catch {
      // The careful run throws the error again, or a `ModelError` with the path.
    }
    return careful(value)
  }
}

export type BackEndName = 'closures' | 'project' | 'slab' | 'project or slab'

/** Returns `undefined` for a value that breaks its model. */
export interface BackEnd {
  readonly name: BackEndName
  readonly encode: (value: unknown) => string | Uint8Array | undefined
  readonly encodeText: (value: unknown) => string | undefined
}

export function chooseBackEnd(plan: Plan): BackEnd {
  if (!canGenerate()) return CLOSURES
  const slab = getSlab()
  const project = byProject(plan)
  const verdict = slab === undefined ? 'project' : judge(plan)
  if (slab === undefined || verdict === 'project') return project
  return verdict === 'slab' ? bySlab(plan, slab, project) : byEither(plan, slab, project)
}

/** Leaves every value to the careful run. */
const CLOSURES: BackEnd = { name: 'closures', encode: () => undefined, encodeText: () => undefined }

/** The code is generated for the first response, because an app may have hundreds of models that are rarely used. */
function byProject(plan: Plan): BackEnd {
  let generated = generatesAnyTime ? undefined : projectEncoder(plan)
  const encodeText = (value: unknown) => (generated ??= generate(() => projectEncoder(plan)) ?? CLOSURES.encodeText)(value)
  return {
    name: 'project',
    encodeText,
    encode(value) {
      const text = encodeText(value)
      return text === undefined ? undefined : toOutput(text)
    },
  }
}

/** `undefined` if the runtime no longer allows code generation. */
function generate<Made>(make: () => Made): Made | undefined {
  try {
    return make()
  } catch (error) {
    if (error instanceof EvalError) return undefined
    throw error
  }
}

/** The code that writes bytes is long, so it is generated only for models that are used. */
const RESPONSES_BEFORE_SLAB = 8

/** The projection encodes the values that the slab does not take. */
function bySlab(plan: Plan, slab: Slab, project: BackEnd, responsesBefore = RESPONSES_BEFORE_SLAB): BackEnd {
  let encoder: SlabEncoder | undefined
  let responsesLeft = responsesBefore
  return {
    name: 'slab',
    encode(value) {
      if (!isReady()) return project.encode(value)
      const output = encoder!.encode(value)
      return output === ELSEWHERE ? project.encode(value) : output
    },
    encodeText(value) {
      if (!isReady()) return project.encodeText(value)
      const text = encoder!.encodeText(value)
      return text === ELSEWHERE ? project.encodeText(value) : text
    },
  }

  function isReady(): boolean {
    if (encoder !== undefined) return true
    if (responsesLeft-- > 0) return false
    encoder = generate(() => SlabEncoder.of(plan, slab))
    if (encoder === undefined) responsesLeft = Infinity
    return encoder !== undefined
  }
}

/** In UTF-16 units. After a longer response, or one that is not ASCII, the next responses are likely to be similar, and writing bytes is faster for them. */
const LONG = 15_360
const PATIENCE = 64

function byEither(plan: Plan, slab: Slab, project: BackEnd): BackEnd {
  const asBytes = bySlab(plan, slab, project, 0)
  let bytesLeft = 0
  return {
    name: 'project or slab',
    encodeText: project.encodeText,
    encode(value) {
      if (bytesLeft > 0) {
        bytesLeft--
        return asBytes.encode(value)
      }
      const output = project.encode(value)
      if (typeof output === 'object' || (output !== undefined && output.length > LONG)) bytesLeft = PATIENCE
      return output
    },
  }
}
