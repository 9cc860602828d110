/** Projected arrays, tuples and records. */
import type { ArrayNode, RecordNode, TupleNode } from '../../node.ts'
import { isBrokenArray } from '../code/broken.ts'
import { keyStep } from '../closures/collections.ts'
import { compileStep } from '../closures/compile.ts'
import { hostKey } from '../closures/hosted.ts'
import { isAnyText } from '../../intersection.ts'
import { requiredItems } from '../plan/presence.ts'
import { assign, isPlainObject } from '../../object-value.ts'
import { checked, fail, type ProjectWriting } from './writing.ts'

/** Always a new array, so that a `toJSON` of the value is not called. */
export function writeArray(node: ArrayNode, value: string, writing: ProjectWriting): string {
  const { source, block } = writing
  block.line(`if (${isBrokenArray(node, value)}) ${fail(source)}`)
  const [items, i, length, item] = [`${value}s`, 'i', 'length', 'item'].map((name) => source.unique(name)) as [
    string,
    string,
    string,
    string,
  ]
  block.line(`const ${items} = []`)
  block.open(`for (let ${i} = 0, ${length} = ${value}.length; ${i} < ${length}; ${i}++)`)
  block.line(`const ${item} = ${value}[${i}]`)
  block.line(`${items}.push(${writing.write(node.items, item, writing)})`)
  block.close()
  return items
}

export function writeTuple(node: TupleNode, value: string, writing: ProjectWriting): string {
  const { source, block } = writing
  const required = requiredItems(node)
  const counts = { minItems: required, ...(node.rest === undefined ? { maxItems: node.items.length } : {}) }
  block.line(`if (${isBrokenArray(counts, value)}) ${fail(source)}`)
  const [items, i, length, tail] = [`${value}s`, 'i', 'length', 'tail'].map((name) => source.unique(name)) as [
    string,
    string,
    string,
    string,
  ]
  block.line(`const ${items} = [], ${length} = ${value}.length`)
  block.open(`${tail}:`)
  node.items.forEach((node, index) => {
    const item = source.unique(`item${index}`)
    block.line(`const ${item} = ${index < required ? '' : `${index} >= ${length} ? undefined : `}${value}[${index}]`)
    const made = source.unique(item)
    block.line(`const ${made} = ${writing.write(node, item, writing)}`)
    if (index >= required) block.line(`if (${made} === undefined && ${index} >= ${length}) break ${tail}`)
    block.line(`${items}.push(${made})`)
  })
  if (node.rest !== undefined) {
    const item = source.unique('item')
    block.open(`for (let ${i} = ${node.items.length}; ${i} < ${length}; ${i}++)`)
    block.line(`const ${item} = ${value}[${i}]`)
    block.line(`${items}.push(${writing.write(node.rest, item, writing)})`)
    block.close()
  }
  block.close()
  return items
}

export function writeRecord(node: RecordNode, value: string, writing: ProjectWriting): string {
  const { source, block } = writing
  block.line(`if (!${source.constant(isPlainObject, 'isPlainObject')}(${value})) ${fail(source)}`)
  const [result, key, item] = [`${value}_record`, 'key', 'item'].map((name) => source.unique(name)) as [string, string, string]
  block.line(`const ${result} = {}`)
  block.open(`for (const ${key} of Object.keys(${value}))`)
  const name = isAnyText(node.key)
    ? key
    : checked(`${source.constant(hostKey(keyStep(compileStep(node.key, 'wire'))), 'toKey')}(${key})`, key, writing)
  block.line(`const ${item} = ${value}[${key}]`)
  const made = writing.write(node.value, item, writing)
  block.line(`${source.constant(assign, 'assign')}(${result}, ${name}, ${made})`)
  block.close()
  return result
}
