/** Projected objects. Each is an object literal, so that all objects of a model share one hidden class. */
import type { ObjectNode, Property } from '../../node.ts'
import { isNoObject } from '../code/broken.ts'
import { isUnreadable, readOf, type Tag } from '../code/read.ts'
import { isPromised } from '../plan/presence.ts'
import { assign, isDefined } from '../../object-value.ts'
import { Block, isIdentifier, quote } from '../code/source.ts'
import { list, nameOf } from '../code/writing.ts'
import { checked, fail, type ProjectWriting } from './writing.ts'

/** `tag`: the property that the union around this object has read. */
export function writeObject(node: ObjectNode, value: string, writing: ProjectWriting, tag?: Tag): string {
  const name = objectFunction(node, `${value}_object`, writing, tag?.name)
  return checked(`${name}(${list(writing, value, tag?.value)})`, value, writing)
}

export function objectFunction(node: ObjectNode, hint: string, writing: ProjectWriting, tag?: string): string {
  return writing.source.function(node, `object ${tag ?? ''}`, nameOf(node, hint), (name) => {
    const inside = { ...writing, block: new Block() }
    writeBody(node, inside, tag)
    return `function ${name}(${list(inside, 'value', tag === undefined ? undefined : 'tag')}) {\n${inside.block.text}\n}`
  })
}

function writeBody(node: ObjectNode, writing: ProjectWriting, tag: string | undefined): void {
  const { source, block } = writing
  if (tag === undefined) block.line(`if (${isNoObject('value')}) ${fail(source)}`)
  const read: string[] = []
  const members = node.properties.map((property) => {
    const value = property.name === tag ? 'tag' : source.unique(property.name)
    read.push(value)
    const made = writeProperty(property, value, writing)
    return `${keyOf(property.name)}: ${made}`
  })
  const unreadable = isUnreadable(node, read, source)
  if (unreadable !== undefined) block.line(`if (${unreadable}) ${fail(source)}`)
  const literal = members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
  writeAdditional(node, literal, writing)
}

function keyOf(name: string): string {
  if (name === '__proto__') return '["__proto__"]'
  return isIdentifier(name) ? name : quote(name)
}

function writeProperty({ name, node, required }: Property, value: string, writing: ProjectWriting): string {
  const { source, block } = writing
  if (value !== 'tag') block.line(`const ${value} = ${readOf('value', name, source)}`)
  if (node.kind === 'optional' && node.exact) {
    block.line(`if (${value} === undefined && ${source.constant(isDefined, 'isDefined')}(value, ${quote(name)})) ${fail(source)}`)
  }
  const made = writing.write(node, value, writing)
  if (!isPromised({ name, node, required })) return made
  const there = source.unique(name)
  block.line(`const ${there} = ${made}`)
  block.line(`if (${there} === undefined) ${fail(source)}`)
  return there
}

function writeAdditional({ properties, additional }: ObjectNode, literal: string, writing: ProjectWriting): void {
  const { source, block } = writing
  if (additional === 'drop') {
    block.line(`return ${literal}`)
    return
  }
  const declared = source.constant(new Set(properties.map(({ name }) => name)), 'declared')
  if (additional === 'refuse') {
    block.line(`for (const key of Object.keys(value)) if (!${declared}.has(key)) ${fail(source)}`)
    block.line(`return ${literal}`)
    return
  }
  const result = source.unique('result')
  const item = source.unique('item')
  block.line(`const ${result} = ${literal}`)
  block.open('for (const key of Object.keys(value))')
  block.line(`if (${declared}.has(key)) continue`)
  block.line(`const ${item} = value[key]`)
  block.line(`${source.constant(assign, 'assign')}(${result}, key, ${writing.write(additional, item, writing)})`)
  block.close()
  block.line(`return ${result}`)
}
