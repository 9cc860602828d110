/** Projected unions. */
import { isNoObject, toCode } from '../code/conditions.ts'
import type { RankedPlan, TaggedPlan } from '../plan/plan.ts'
import { list, readOf } from '../code/writing.ts'
import { broken, fail, type ProjectWriting } from './writing.ts'
import { planFunction, writeTaggedObject } from './object.ts'

export function writeTagged({ tag, options }: TaggedPlan, value: string, writing: ProjectWriting): string {
  const { source, block } = writing
  const [made, tagValue] = [source.unique(value), source.unique(tag)]
  block.line(`if (${isNoObject(value)}) ${fail(source)}`)
  block.line(`const ${tagValue} = ${readOf(value, tag, source)}`)
  block.line(`let ${made}`)
  block.open(`switch (${tagValue})`)
  for (const option of options) {
    block.open(option.values.map((constant) => `case ${toCode(constant)}:`).join(' '))
    block.line(`${made} = ${writeTaggedObject(option, { name: tag, value: tagValue }, value, writing)}`)
    block.line('break')
    block.close()
  }
  block.line(`default: ${fail(source)}`)
  block.close()
  return made
}

export function writeRanked({ options, rank }: RankedPlan, value: string, writing: ProjectWriting): string {
  const { source, block } = writing
  const made = source.unique(value)
  const sentinel = broken(source)
  // Each option is a function: if it fails, the next one is called.
  const calls = options.map(
    (option, index) => `${planFunction(option, option.id ?? `${value}_option${index}`, writing)}(${list(writing, value)})`,
  )
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
