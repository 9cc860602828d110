/** Finds the islands of a model, which its library validates, and removes them from the model for values that are validated already. */
import type { Node, IslandNode } from '../../node.ts'
import { edgesOf, everyNode, mapInner } from '../../walk-node.ts'

export interface DescribedIsland {
  /** Names of properties; `[]` stands for the items of a list or the values of a record. */
  readonly path: readonly string[]
  readonly reason: string
}

export function findIslands(root: Node): readonly DescribedIsland[] {
  const found: DescribedIsland[] = []
  const seen = new Set<Node>()
  visit(root, [])
  return found

  function visit(node: Node, path: readonly string[]): void {
    if (seen.has(node)) return
    seen.add(node)
    if (node.kind === 'island') found.push({ path, reason: node.reason })
    else for (const edge of edgesOf(node, 'out')) visit(edge.node, edge.step === undefined ? path : [...path, edge.step])
  }
}

/** The node without its islands, for values that the library has validated. */
export const settle: (node: Node) => Node = settler(({ output }) => (output === undefined ? ANY : settle(output)))

/** The node for defaults, which no library has validated: the checks of an island remain, and are applied to its output. */
export const settleDefault: (node: Node) => Node = settler((node) => {
  const output = node.output === undefined ? ANY : settleDefault(node.output)
  return node.base === undefined ? output : { ...node, base: settleDefault(node.base), output, isSettled: true }
})

const ANY: Node = { kind: 'any' }

function settler(replace: (island: IslandNode) => Node): (node: Node) => Node {
  const settled = new WeakMap<Node, Node>()
  return function settleOne(node) {
    let made = settled.get(node)
    if (made === undefined) {
      const hasIslands = [...everyNode(node, 'out')].some(({ kind }) => kind === 'island')
      made = !hasIslands ? node : node.kind === 'island' ? replace(node) : mapInner(node, settleOne)
      settled.set(node, made)
    }
    return made
  }
}
