/** Projected objects, and unions of objects with a tag. Each is an object literal, so that all objects of a model share one hidden class. */
import { assign, isDefined } from '../../object-value.ts'
import { isNoObject, isUnreadable, readOf, toCode, type Tag } from '../code/conditions.ts'
import { Block, deeper, isIdentifier, list, quote } from '../code/source.ts'
import type { Field, ObjectPlan, Plan, TaggedOption, TaggedPlan } from '../plan/plan.ts'
import { checked, fail, type ProjectWriting } from './checks.ts'

export function writeObject(plan: ObjectPlan, value: string, writing: ProjectWriting): string {
  const name = objectFunction(plan, `${value}_object`, writing)
  return checked(`${name}(${list(writing, value)})`, value, writing)
}

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

/** An option of the union. Its function gets the tag, which the union has read. */
function writeTaggedObject({ object, isCall }: TaggedOption, tag: Tag, value: string, writing: ProjectWriting): string {
  const name = objectFunction(object(), `${value}_object`, writing, tag.name)
  return checked(`${name}(${isCall ? deeper(writing, value, tag.value) : list(writing, value, tag.value)})`, value, writing)
}

function objectFunction(plan: ObjectPlan, hint: string, writing: ProjectWriting, tag?: string): string {
  return writing.source.function(plan, `object ${tag ?? ''}`, plan.id ?? hint, (name) => {
    const inside = { ...writing, block: new Block() }
    writeBody(plan, inside, tag)
    return `function ${name}(${list(inside, 'value', tag === undefined ? undefined : 'tag')}) {\n${inside.block.text}\n}`
  })
}

/** The function of a plan of any kind. */
export function planFunction(plan: Plan, hint: string, writing: ProjectWriting): string {
  if (plan.kind === 'object') return objectFunction(plan, hint, writing)
  return writing.source.function(plan, 'function', hint, (name) => {
    const inside = { ...writing, block: new Block() }
    const made = inside.write(plan, 'value', inside)
    return `function ${name}(${list(inside, 'value')}) {\n${inside.block.text}\n  return ${made}\n}`
  })
}

function writeBody(plan: ObjectPlan, writing: ProjectWriting, tag: string | undefined): void {
  const { source, block } = writing
  if (tag === undefined) block.line(`if (${isNoObject('value')}) ${fail(source)}`)
  const read: string[] = []
  const members = plan.fields.map((field) => {
    const value = field.name === tag ? 'tag' : source.unique(field.name)
    read.push(value)
    const made = writeField(field, value, writing)
    return `${keyOf(field.name)}: ${made}`
  })
  const unreadable = isUnreadable(plan, read, source)
  if (unreadable !== undefined) block.line(`if (${unreadable}) ${fail(source)}`)
  const literal = members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
  writeAdditional(plan, literal, writing)
}

function keyOf(name: string): string {
  if (name === '__proto__') return '["__proto__"]'
  return isIdentifier(name) ? name : quote(name)
}

function writeField({ name, plan, isPromised, isExact }: Field, value: string, writing: ProjectWriting): string {
  const { source, block } = writing
  if (value !== 'tag') block.line(`const ${value} = ${readOf('value', name, source)}`)
  if (isExact) {
    block.line(`if (${value} === undefined && ${source.constant(isDefined, 'isDefined')}(value, ${quote(name)})) ${fail(source)}`)
  }
  const made = writing.write(plan, value, writing)
  if (!isPromised) return made
  const there = source.unique(name)
  block.line(`const ${there} = ${made}`)
  block.line(`if (${there} === undefined) ${fail(source)}`)
  return there
}

function writeAdditional({ fields, additional }: ObjectPlan, literal: string, writing: ProjectWriting): void {
  const { source, block } = writing
  if (additional === 'drop') {
    block.line(`return ${literal}`)
    return
  }
  const declared = source.constant(new Set(fields.map(({ name }) => name)), 'declared')
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
