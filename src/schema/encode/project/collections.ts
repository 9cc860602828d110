/** Projected arrays, tuples and records. */
import { isAnyText, isBrokenList } from '../code/conditions.ts'
import { hostKey } from '../closures/run.ts'
import type { ListPlan, RecordPlan, TuplePlan } from '../plan/plan.ts'
import { assign, isPlainObject } from '../../object-value.ts'
import { checked, fail, type ProjectWriting } from './checks.ts'

/** Always creates a new array, so that a `toJSON` of the value is not called. */
export function writeList(plan: ListPlan, value: string, writing: ProjectWriting): string {
  const { source, block } = writing
  block.line(`if (${isBrokenList(plan, value)}) ${fail(source)}`)
  const [items, i, length, item] = [`${value}s`, 'i', 'length', 'item'].map((name) => source.unique(name)) as [
    string,
    string,
    string,
    string,
  ]
  block.line(`const ${items} = []`)
  block.open(`for (let ${i} = 0, ${length} = ${value}.length; ${i} < ${length}; ${i}++)`)
  block.line(`const ${item} = ${value}[${i}]`)
  block.line(`${items}.push(${writing.write(plan.items, item, writing)})`)
  block.close()
  return items
}

export function writeTuple(plan: TuplePlan, value: string, writing: ProjectWriting): string {
  const { source, block } = writing
  block.line(`if (${isBrokenList(plan, value)}) ${fail(source)}`)
  const [items, i, length, tail] = [`${value}s`, 'i', 'length', 'tail'].map((name) => source.unique(name)) as [
    string,
    string,
    string,
    string,
  ]
  block.line(`const ${items} = [], ${length} = ${value}.length`)
  block.open(`${tail}:`)
  plan.items.forEach((one, index) => {
    const item = source.unique(`item${index}`)
    block.line(`const ${item} = ${index < plan.minItems ? '' : `${index} >= ${length} ? undefined : `}${value}[${index}]`)
    const made = source.unique(item)
    block.line(`const ${made} = ${writing.write(one, item, writing)}`)
    if (index >= plan.minItems) block.line(`if (${made} === undefined && ${index} >= ${length}) break ${tail}`)
    block.line(`${items}.push(${made})`)
  })
  if (plan.rest !== undefined) {
    const item = source.unique('item')
    block.open(`for (let ${i} = ${plan.items.length}; ${i} < ${length}; ${i}++)`)
    block.line(`const ${item} = ${value}[${i}]`)
    block.line(`${items}.push(${writing.write(plan.rest, item, writing)})`)
    block.close()
  }
  block.close()
  return items
}

export function writeRecord(plan: RecordPlan, value: string, writing: ProjectWriting): string {
  const { source, block } = writing
  block.line(`if (!${source.constant(isPlainObject, 'isPlainObject')}(${value})) ${fail(source)}`)
  const [result, key, item] = [`${value}_record`, 'key', 'item'].map((name) => source.unique(name)) as [string, string, string]
  block.line(`const ${result} = {}`)
  block.open(`for (const ${key} of Object.keys(${value}))`)
  const name = isAnyText(plan.key) ? key : checked(`${source.constant(hostKey(plan.key), 'toKey')}(${key})`, key, writing)
  block.line(`const ${item} = ${value}[${key}]`)
  const made = writing.write(plan.value, item, writing)
  block.line(`${source.constant(assign, 'assign')}(${result}, ${name}, ${made})`)
  block.close()
  return result
}
