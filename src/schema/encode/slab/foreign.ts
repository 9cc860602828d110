/** Values that the slab's code hands to other code: codecs, islands, and kinds that native JSON writes. */
import type { DefaultNode, Node } from '../../node.ts'
import { stringifyDigits } from '../values/digits.ts'
import { anything } from '../values/anything.ts'
import { hostCodec, hostIsland } from '../closures/hosted.ts'
import { mergeIntersection } from '../../intersection.ts'
import { hasDefault } from '../plan/presence.ts'
import { compileProject } from '../project/print.ts'
import { isRecursive } from '../plan/recursion.ts'
import { settle, settleDefault } from '../plan/settled.ts'
import { BROKEN } from '../values/trail.ts'
import { presenceOf } from './presence.ts'
import { checked, type SlabWriting } from './writing.ts'

const ANY: Node = { kind: 'any' }

export interface Member {
  /** The expression that is true if there is something to write; `undefined` if there always is. */
  readonly condition: string | undefined
  readonly write: () => void
}

/** Takes a value through the nodes that change it, to the node that is written. */
export function unwrap(node: Node, value: string, writing: SlabWriting): Member {
  const { source } = writing
  switch (node.kind) {
    case 'codec':
      return unwrap(node.wire, checked(`${source.constant(hostCodec(node), 'encodeByCodec')}(${value})`, value, writing), writing)
    case 'island': {
      const accepted = checked(`${source.constant(hostIsland(node), 'validate')}(${value})`, value, writing)
      return unwrap(node.output === undefined ? ANY : settle(node.output), accepted, writing)
    }
    case 'default':
      return unwrapDefault(node, value, writing)
    case 'reference':
      return isRecursive(node) ? settledMember(node, value, writing) : unwrap(node.target(), value, writing)
    case 'optional':
      return hasDefault(node.inner) ? unwrap(node.inner, value, writing) : settledMember(node, value, writing)
    case 'intersection': {
      const merged = mergeIntersection(node)
      return merged === node ? writeByNative(node, value, writing) : settledMember(merged, value, writing)
    }
    default:
      return settledMember(node, value, writing)
  }
}

function unwrapDefault(node: DefaultNode, value: string, writing: SlabWriting): Member {
  if (node.isInput !== true && settleDefault(node.inner) !== node.inner) return writeByNative(node, value, writing)
  const filled = writing.source.unique(value)
  const makeDefault = writing.source.constant(node.value, 'makeDefault')
  writing.out.block.line(`const ${filled} = ${value} === undefined ? ${makeDefault}() : ${value}`)
  return unwrap(node.inner, filled, writing)
}

const NATIVE: ReadonlySet<Node['kind']> = new Set(['any', 'map', 'set', 'url', 'bytes', 'file', 'never'])

function settledMember(node: Node, value: string, writing: SlabWriting): Member {
  const presence = presenceOf(node)
  const isLoose = node.kind === 'object' && typeof node.additional !== 'string'
  if (presence === 'by result' || isLoose || NATIVE.has(node.kind)) return writeByNative(node, value, writing)
  const write = () => writing.write(node, value, writing)
  return { condition: presence === 'always' ? undefined : `${value} !== undefined`, write }
}

/** Writes the projection of the value by `JSON.stringify`. */
export function writeByNative(node: Node, value: string, writing: SlabWriting): Member {
  const { source, out } = writing
  const toJSON = node.kind === 'any' ? stringifyAnything : projectToJSON(node)
  const json = checked(`${source.constant(toJSON, `${node.kind}ToJSON`)}(${value})`, 'json', writing)
  const write = () => {
    const start = source.unique('start')
    out.flush()
    out.block.line(`const ${start} = p`)
    out.block.line(`p = raw(${json}, p)`)
    out.block.line(`quotes += countQuotes(${start}, p)`)
  }
  return { condition: presenceOf(node) === 'always' ? undefined : `${json} !== undefined`, write }
}

function stringifyAnything(value: unknown): string | undefined | typeof BROKEN {
  const checked = anything(value)
  return checked === BROKEN ? BROKEN : JSON.stringify(checked)
}

function projectToJSON(node: Node): (value: unknown) => string | undefined | typeof BROKEN {
  const project = compileProject(node)
  return (value) => {
    const tree = project(value, 0)
    return tree === BROKEN ? BROKEN : stringifyDigits(tree)
  }
}
