/** Chooses the back end of a model: by its form, by the abilities of the run time, and by the answers seen so far. */
import { toOutput } from './output.ts'
import { projectEncoder } from './project/print.ts'
import { ELSEWHERE, SlabEncoder } from './slab/encoder.ts'
import { getSlab, type Slab } from './slab/memory.ts'
import { generatesAnyTime } from '../run-time.ts'
import { canGenerate } from './code/source.ts'
import type { Plan } from './plan/plan.ts'
import { judge } from './slab/worth.ts'

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

/** Every value goes to the careful encoder. */
const CLOSURES: BackEnd = { name: 'closures', encode: () => undefined, encodeText: () => undefined }

/** The code is generated for the first answer: an app may have hundreds of models that are rarely used. */
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

/** `undefined` if the run time no longer allows code generation. */
function generate<Made>(make: () => Made): Made | undefined {
  try {
    return make()
  } catch (error) {
    if (error instanceof EvalError) return undefined
    throw error
  }
}

/** The code for bytes is long: it is generated for models that are in use. */
const ANSWERS_BEFORE_SLAB = 8

/** Values that the slab refuses go to the projection. */
function bySlab(plan: Plan, slab: Slab, project: BackEnd, answersBefore = ANSWERS_BEFORE_SLAB): BackEnd {
  let encoder: SlabEncoder | undefined
  let answersLeft = answersBefore
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
    if (answersLeft-- > 0) return false
    encoder = generate(() => SlabEncoder.of(plan, slab))
    if (encoder === undefined) answersLeft = Infinity
    return encoder !== undefined
  }
}

/** In UTF-16 units. After a longer answer, or one that is not ASCII, the next answers are likely to be similar, and bytes are faster for them. */
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
