/** Which way a model is encoded: by its form, by what the run time can do, and by what its answers turn out to be like. */
import type { Node } from '../node.ts'
import { toOutput } from './output.ts'
import { projectEncoder } from './project.ts'
import { ELSEWHERE, SlabEncoder } from './slab/encoder.ts'
import { getSlab } from './slab/memory.ts'
import { canGenerate } from './source.ts'
import { judge } from './suits-slab.ts'

export type BackEndName = 'closures' | 'project' | 'slab' | 'project or slab'

/** `undefined` for a value that is not what its model promises. */
export interface BackEnd {
  readonly name: BackEndName
  readonly encode: (value: unknown) => string | Uint8Array | undefined
  readonly encodeText: (value: unknown) => string | undefined
}

export function chooseBackEnd(node: Node): BackEnd {
  if (!canGenerate) return CLOSURES
  try {
    const slab = getSlab()
    const verdict = slab === undefined ? 'project' : judge(node)
    if (slab === undefined || verdict === 'project') return byProject(node)
    return verdict === 'slab' ? bySlab(node, SlabEncoder.of(node, slab)) : byEither(node, () => SlabEncoder.of(node, slab))
  } catch (error) {
    // Some edges generate code at start-up only; a model that is compiled later goes without.
    if (error instanceof EvalError) return CLOSURES
    throw error
  }
}

/** Every value goes the careful way. */
const CLOSURES: BackEnd = { name: 'closures', encode: () => undefined, encodeText: () => undefined }

function byProject(node: Node): BackEnd {
  const encodeText = projectEncoder(node)
  return {
    name: 'project',
    encodeText,
    encode(value) {
      const text = encodeText(value)
      return text === undefined ? undefined : toOutput(text)
    },
  }
}

/** What the slab can't take goes by the projection, which is compiled when it first happens. */
function bySlab(node: Node, slab: SlabEncoder | undefined): BackEnd {
  if (slab === undefined) return byProject(node)
  let project: BackEnd | undefined
  return {
    name: 'slab',
    encode(value) {
      const output = slab.encode(value)
      return output === ELSEWHERE ? (project ??= byProject(node)).encode(value) : output
    },
    encodeText(value) {
      const text = slab.encodeText(value)
      return text === ELSEWHERE ? (project ??= byProject(node)).encodeText(value) : text
    },
  }
}

/** So many answers are written as bytes after one that had to be bytes: its native text was encoded once more. */
const PATIENCE = 64

function byEither(node: Node, createSlab: () => SlabEncoder | undefined): BackEnd {
  const project = byProject(node)
  let slab: BackEnd | undefined
  let slabLeft = 0
  return {
    name: 'project or slab',
    encodeText: project.encodeText,
    encode(value) {
      if (slabLeft > 0) {
        slabLeft--
        return (slab ??= bySlab(node, createSlab())).encode(value)
      }
      const text = project.encodeText(value)
      if (text === undefined) return undefined
      const output = toOutput(text)
      if (typeof output !== 'string') slabLeft = PATIENCE
      return output
    },
  }
}
