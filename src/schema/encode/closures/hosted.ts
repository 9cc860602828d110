/** Closures that generated code calls: for codecs, islands and rare kinds. */
import type { CodecNode, IslandNode, Node } from '../../node.ts'
import { compileStep } from './compile.ts'
import { acceptStep, runCodec } from './foreign.ts'
import { BROKEN, Trail } from '../values/trail.ts'

/** A value → its wire form, or `BROKEN`. */
export type Hosted = (value: unknown) => unknown

export function hostStep(node: Node): Hosted {
  const step = compileStep(node, 'wire')
  return (value) => step(value, new Trail())
}

/** The program's value → the result of its codec, not yet checked. */
export function hostCodec(node: CodecNode): Hosted {
  const domain = compileStep(node.domain, 'domain')
  return (value) => {
    const trail = new Trail()
    const checked = domain(value, trail)
    return checked === BROKEN ? BROKEN : runCodec(node, checked, trail)
  }
}

/** A value → what its checks or its library return. */
export function hostIsland(node: IslandNode): Hosted {
  const accept = acceptStep(node, compileStep)
  return (value) => accept(value, new Trail())
}

/** The key of a record → its text. */
export function hostKey(step: (name: string, trail: Trail) => string | typeof BROKEN): (name: string) => string | typeof BROKEN {
  return (name) => step(name, new Trail())
}
