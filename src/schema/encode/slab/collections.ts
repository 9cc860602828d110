/** Arrays, tuples and records in the slab's code. */
import { isAnyText, isBrokenList, isBrokenPlain } from '../code/conditions.ts'
import { isPlainObject } from '../../object-value.ts'
import type { ListPlan, Plan, RecordPlan, TuplePlan } from '../plan/plan.ts'
import { unwrap } from './foreign.ts'
import { LIMIT } from './memory.ts'
import { FAIL, type SlabWriting } from './writing.ts'

export function writeList(plan: ListPlan, value: string, writing: SlabWriting): void {
  const { out } = writing
  out.block.line(`if (${isBrokenList(plan, value)}) ${FAIL}`)
  out.text('[')
  writeItems(value, 0, writing, (item) => writeItem(plan.items, item, writing))
  out.text(']')
}

function writeItems(value: string, from: number, { source, out }: SlabWriting, write: (item: string) => void): void {
  const [i, length, item] = [source.unique('i'), source.unique('length'), source.unique('item')]
  out.inside(`for (let ${i} = ${from}, ${length} = ${value}.length; ${i} < ${length}; ${i}++)`, () => {
    out.block.line(`if (p > ${LIMIT}) throw FULL`)
    out.reserve(1)
    out.block.line(from === 0 ? `if (${i} > 0) bytes[p++] = 44` : 'bytes[p++] = 44')
    out.block.line(`const ${item} = ${value}[${i}]`)
    write(item)
  })
}

/** An absent item is written as null, so that the items after it keep their indexes. */
function writeItem(plan: Plan, value: string, writing: SlabWriting): void {
  const { out } = writing
  const { condition, write } = unwrap(plan, value, writing)
  if (condition === undefined) return write()
  out.inside(`if (${condition})`, write)
  out.inside('else', () => out.text('null'))
}

/** Only for a tuple whose items are all required. */
export function writeTuple(plan: TuplePlan, value: string, writing: SlabWriting): void {
  const { source, out } = writing
  out.block.line(`if (${isBrokenList(plan, value)}) ${FAIL}`)
  out.text('[')
  plan.items.forEach((one, index) => {
    if (index > 0) out.text(',')
    const item = source.unique(`item${index}`)
    out.block.line(`const ${item} = ${value}[${index}]`)
    writeItem(one, item, writing)
  })
  const { items, rest } = plan
  if (rest !== undefined) writeItems(value, items.length, writing, (item) => writeItem(rest, item, writing))
  out.text(']')
}

/** Only for a record whose keys are strings in the program too. */
export function writeRecord(plan: RecordPlan, value: string, writing: SlabWriting): void {
  const { source, out } = writing
  out.block.line(`if (!${source.constant(isPlainObject, 'isPlainObject')}(${value})) ${FAIL}`)
  const [key, item, open] = [source.unique('key'), source.unique('item'), source.unique('open')]
  out.text('{')
  out.flush()
  out.block.line(`const ${open} = p`)
  out.inside(`for (const ${key} of Object.keys(${value}))`, () => {
    if (!isAnyText(plan.key)) out.block.line(`if (${isBrokenPlain(plan.key, key, source)}) ${FAIL}`)
    out.block.line(`const ${item} = ${value}[${key}]`)
    const { condition, write } = unwrap(plan.value, item, writing)
    if (condition !== undefined) out.block.line(`if (!(${condition})) continue`)
    out.block.line(`if (p > ${LIMIT}) throw FULL`)
    out.block.line(`if (p !== ${open}) bytes[p++] = 44`)
    out.text('"')
    out.flush()
    out.reserve(66)
    out.block.line(`p = text(${key}, p)`)
    out.text('":')
    write()
  })
  out.text('}')
}
