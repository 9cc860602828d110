/** Finds the parts of a model that are not compiled, with the reasons, for `app.contracts()`. */
import type { Node } from '../../node.ts'
import { edgesOf } from '../../walk-node.ts'

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
