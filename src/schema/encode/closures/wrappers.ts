/** Nodes that stand around another. */
import type { DefaultNode, Node, NullableNode, OptionalNode, ReferenceNode } from '../../node.ts'
import { hasDefault } from '../plan/presence.ts'
import { isRecursive } from '../plan/recursion.ts'
import { settleDefault } from '../plan/settled.ts'
import { MAX_DEPTH } from '../../json-text.ts'
import { BROKEN, type Step } from '../values/trail.ts'

type Compile = (node: Node) => Step

export function optionalStep({ inner }: OptionalNode, compile: Compile): Step {
  const step = compile(inner)
  if (hasDefault(inner)) return step
  return (value, trail) => (value === undefined ? undefined : step(value, trail))
}

export function nullableStep({ inner }: NullableNode, compile: Compile): Step {
  const step = compile(inner)
  return (value, trail) => (value === null ? null : step(value, trail))
}

export function defaultStep(node: DefaultNode, compile: Compile): Step {
  const step = compile(node.inner)
  const fill = node.isInput === true ? step : compile(settleDefault(node.inner))
  return (value, trail) => (value === undefined ? fill(node.value(), trail) : step(value, trail))
}

/** Resolved on first use: a recursive model is not complete before. */
export function referenceStep(node: ReferenceNode, compile: Compile): Step {
  let resolved: Step | undefined
  return (value, trail) => {
    resolved ??= isRecursive(node) ? guarded(compile(node.target())) : compile(node.target())
    return resolved(value, trail)
  }
}

function guarded(step: Step): Step {
  return (value, trail) => {
    if (trail.depth >= MAX_DEPTH) {
      trail.exhausted = true
      return trail.failWith(`at most ${MAX_DEPTH} levels`, 'a deeper value or a cycle')
    }
    trail.depth++
    const made = step(value, trail)
    if (made !== BROKEN) trail.depth--
    return made
  }
}
