/** Unions in the slab's code. After an option fails, the next one overwrites its bytes. */
import type { Node, UnionNode } from '../../node.ts'
import { isNoObject, toCode } from '../code/broken.ts'
import { readOf } from '../code/read.ts'
import { planUnion, type RankedUnion, type TaggedUnion } from '../plan/union.ts'
import { nameOf } from '../code/writing.ts'
import { objectFunction, writeObject } from './object.ts'
import { FAIL, writeFunction, type SlabWriting } from './writing.ts'

export function writeUnion(node: UnionNode, value: string, writing: SlabWriting): void {
  const plan = planUnion(node)
  if (plan.kind === 'tagged') writeTagged(plan, value, writing)
  else writeRanked(plan, value, writing)
}

function writeTagged({ tag, options }: TaggedUnion, value: string, writing: SlabWriting): void {
  const { source, out } = writing
  const tagValue = source.unique(tag)
  out.flush()
  out.block.line(`if (${isNoObject(value)}) ${FAIL}`)
  out.block.line(`const ${tagValue} = ${readOf(value, tag, source)}`)
  out.block.open(`switch (${tagValue})`)
  for (const { values, object } of options) {
    out.block.open(values.map((constant) => `case ${toCode(constant)}:`).join(' '))
    writeObject(object, value, writing, { name: tag, value: tagValue })
    out.block.line('break')
    out.block.close()
  }
  out.block.line(`default: ${FAIL}`)
  out.block.close()
}

function writeRanked({ options, rank }: RankedUnion, value: string, writing: SlabWriting): void {
  const { source, out } = writing
  const { block } = out
  out.flush()
  const [start, count, option] = [source.unique('start'), source.unique('count'), source.unique('option')]
  const depth = writing.recursive ? ', depth' : ''
  const calls = options.map((one, index) => `${optionFunction(one, `${value}_option${index}`, writing)}(${value}, ${start}${depth})`)
  const order = rank === undefined ? undefined : `${source.constant(rank, 'rank')}(${value})`
  block.line(`const ${start} = p, ${count} = quotes`)
  block.line('p = -1')
  block.open(
    order === undefined
      ? `for (let ${option} = 0; ${option} < ${options.length} && p < 0; ${option}++)`
      : `for (const ${option} of ${order})`,
  )
  block.line(`quotes = ${count}`)
  block.open(`switch (${option})`)
  calls.forEach((call, index) => block.line(`case ${index}: p = ${call}; break`))
  block.close()
  if (order !== undefined) block.line('if (p >= 0) break')
  block.close()
  block.line(`if (p < 0) ${FAIL}`)
}

/** Each option is a function: if it fails, the next one is called. */
function optionFunction(option: Node, hint: string, writing: SlabWriting): string {
  if (option.kind === 'object' && typeof option.additional === 'string') return objectFunction(option, hint, writing)
  return writing.source.function(option, 'option', nameOf(option, hint), (name) =>
    writeFunction(name, [], writing, (inside) => inside.write(option, 'value', inside)),
  )
}
