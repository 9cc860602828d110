/** Unions in the slab's code. After an option fails, the next one overwrites its bytes. */
import { isNoObject, toCode } from '../code/conditions.ts'
import { readOf } from '../code/writing.ts'
import type { RankedPlan, TaggedPlan } from '../plan/plan.ts'
import { planFunction, writeTaggedObject } from './object.ts'
import { FAIL, type SlabWriting } from './writing.ts'

export function writeTagged({ tag, options }: TaggedPlan, value: string, writing: SlabWriting): void {
  const { source, out } = writing
  const tagValue = source.unique(tag)
  out.flush()
  out.block.line(`if (${isNoObject(value)}) ${FAIL}`)
  out.block.line(`const ${tagValue} = ${readOf(value, tag, source)}`)
  out.block.open(`switch (${tagValue})`)
  for (const option of options) {
    out.block.open(option.values.map((constant) => `case ${toCode(constant)}:`).join(' '))
    writeTaggedObject(option, { name: tag, value: tagValue }, value, writing)
    out.block.line('break')
    out.block.close()
  }
  out.block.line(`default: ${FAIL}`)
  out.block.close()
}

export function writeRanked({ options, rank }: RankedPlan, value: string, writing: SlabWriting): void {
  const { source, out } = writing
  const { block } = out
  out.flush()
  const [start, count, option] = [source.unique('start'), source.unique('count'), source.unique('option')]
  const depth = writing.recursive ? ', depth' : ''
  // Each option is a function: if it fails, the next one is called.
  const functions = options.map((one, index) => planFunction(one, 'option', one.id ?? `${value}_option${index}`, writing))
  const calls = functions.map((name) => `${name}(${value}, ${start}${depth})`)
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
