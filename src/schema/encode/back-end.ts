/** Which way a model is encoded: by its form, and by what the run time can do. */
import type { Node } from '../node.ts'
import { toOutput } from './output.ts'
import { projectEncoder } from './project.ts'
import { ELSEWHERE, SlabEncoder } from './slab/encoder.ts'
import { getSlab } from './slab/memory.ts'
import { canGenerate } from './source.ts'

export type BackEndName = 'closures' | 'project' | 'slab'

/** `undefined` for a value that is not what its model promises. */
export interface BackEnd {
  readonly name: BackEndName
  readonly encode: (value: unknown) => string | Uint8Array | undefined
  readonly encodeText: (value: unknown) => string | undefined
}

export function chooseBackEnd(node: Node): BackEnd {
  if (!canGenerate) return { name: 'closures', encode: () => undefined, encodeText: () => undefined }
  const slab = getSlab()
  const encoder = slab === undefined ? undefined : SlabEncoder.of(node, slab)
  return encoder === undefined ? byProject(node) : bySlab(node, encoder)
}

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
function bySlab(node: Node, slab: SlabEncoder): BackEnd {
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
