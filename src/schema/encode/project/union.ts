/** Projected unions. */
import type { Node, UnionNode } from '../../node.ts'
import { isNoObject, toCode } from '../code/broken.ts'
import { Block } from '../code/source.ts'
import { planUnion, type RankedUnion, type TaggedUnion } from '../plan/union.ts'
import { list, nameOf } from '../code/writing.ts'
import { broken, fail, type ProjectWriting } from './writing.ts'
import { readOf } from '../code/read.ts'
import { objectFunction, writeObject } from './object.ts'

export function writeUnion(node: UnionNode, value: string, writing: ProjectWriting): string {
  const plan = planUnion(node)
  return plan.kind === 'tagged' ? writeTagged(plan, value, writing) : writeRanked(plan, value, writing)
}

function writeTagged({ tag, options }: TaggedUnion, value: string, writing: ProjectWriting): string {
  const { source, block } = writing
  const [made, tagValue] = [source.unique(value), source.unique(tag)]
  block.line(`if (${isNoObject(value)}) ${fail(source)}`)
  block.line(`const ${tagValue} = ${readOf(value, tag, source)}`)
  block.line(`let ${made}`)
  block.open(`switch (${tagValue})`)
  for (const { values, object } of options) {
    block.open(values.map((constant) => `case ${toCode(constant)}:`).join(' '))
    block.line(`${made} = ${writeObject(object, value, writing, { name: tag, value: tagValue })}`)
    block.line('break')
    block.close()
  }
  block.line(`default: ${fail(source)}`)
  block.close()
  return made
}

function writeRanked({ options, rank }: RankedUnion, value: string, writing: ProjectWriting): string {
  const { source, block } = writing
  const made = source.unique(value)
  const sentinel = broken(source)
  const calls = options.map((option, index) => `${writeOption(option, `${value}_option${index}`, writing)}(${list(writing, value)})`)
  if (rank === undefined) {
    block.line(`let ${made} = ${calls[0] ?? sentinel}`)
    for (const call of calls.slice(1)) block.line(`if (${made} === ${sentinel}) ${made} = ${call}`)
  } else {
    const option = source.unique('option')
    block.line(`let ${made} = ${sentinel}`)
    block.open(`for (const ${option} of ${source.constant(rank, 'rank')}(${value}))`)
    block.open(`switch (${option})`)
    calls.forEach((call, index) => block.line(`case ${index}: ${made} = ${call}; break`))
    block.close()
    block.line(`if (${made} !== ${sentinel}) break`)
    block.close()
  }
  block.line(`if (${made} === ${sentinel}) ${fail(source)}`)
  return made
}

/** Each option is a function: if it fails, the next one is called. */
function writeOption(option: Node, hint: string, writing: ProjectWriting): string {
  if (option.kind === 'object') return objectFunction(option, hint, writing)
  return writing.source.function(option, 'function', nameOf(option, hint), (own) => {
    const inside = { ...writing, block: new Block() }
    const made = inside.write(option, 'value', inside)
    return `function ${own}(${list(inside, 'value')}) {\n${inside.block.text}\n  return ${made}\n}`
  })
}
