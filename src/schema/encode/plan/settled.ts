/** Models of values that are what their library gives back: nothing is transformed once more. */
import type { IslandNode, Node } from '../../node.ts'
import { everyNode, mapInner } from '../../walk-node.ts'

/** For values that their library has judged: the node without its islands. */
export const settle: (node: Node) => Node = settler(({ output }) => (output === undefined ? ANY : settle(output)))

/** For defaults, which no library has judged: a check stays, and judges what the island gives back. */
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
