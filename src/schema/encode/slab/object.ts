/** Objects in the slab's code, and unions of objects with a tag. Names and punctuation are static text, except around properties that may be absent. */
import { isDefined } from '../../object-value.ts'
import { isNoObject, isUnreadable, readOf, toCode, type Tag } from '../code/conditions.ts'
import { quote } from '../code/source.ts'
import type { Field, ObjectPlan, Plan, TaggedOption, TaggedPlan } from '../plan/plan.ts'
import { isLoose, unwrap } from './foreign.ts'
import { FAIL, writeCall, writeDeeperCall, writeFunction, type Bytes, type SlabWriting } from './writing.ts'

export function writeObject(plan: ObjectPlan, value: string, writing: SlabWriting): void {
  writeCall(objectFunction(plan, `${value}_object`, writing), [value, 'p'], writing)
}

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

/** An option of the union. Its function gets the tag, which the union has read. */
function writeTaggedObject({ object, isCall }: TaggedOption, tag: Tag, value: string, writing: SlabWriting): void {
  const name = objectFunction(object(), `${value}_object`, writing, tag.name)
  if (isCall) writeDeeperCall(name, [value, 'p', tag.value], writing)
  else writeCall(name, [value, 'p', tag.value], writing)
}

/** The function of a plan of any kind. It refuses an absent value. An option of a union needs no check for that, because the code around the union has it. */
export function planFunction(plan: Plan, variant: 'function' | 'option', hint: string, writing: SlabWriting): string {
  if (plan.kind === 'object' && !isLoose(plan)) return objectFunction(plan, hint, writing)
  return writing.source.function(plan, variant, hint, (name) =>
    writeFunction(name, [], writing, (inside) => {
      if (variant === 'option') return inside.write(plan, 'value', inside)
      const { condition, write } = unwrap(plan, 'value', inside)
      if (condition !== undefined) inside.out.block.line(`if (!(${condition})) ${FAIL}`)
      return write()
    }),
  )
}

function objectFunction(plan: ObjectPlan, hint: string, writing: SlabWriting, tag?: string): string {
  return writing.source.function(plan, `object ${tag ?? ''}`, plan.id ?? hint, (name) =>
    writeFunction(name, tag === undefined ? [] : ['tag'], writing, (inside) => writeBody(plan, inside, tag)),
  )
}

/** What precedes the next name: the brace, a comma, or one of them that is known only at run time. */
interface Place {
  before: 'nothing' | 'comma' | 'unknown'
  /** The variable with the position after the brace. It is needed while `before` is `unknown`. */
  open: string
}

function writeBody(plan: ObjectPlan, writing: SlabWriting, tag: string | undefined): void {
  const { source, out } = writing
  if (tag === undefined) out.block.line(`if (${isNoObject('value')}) ${FAIL}`)
  if (plan.additional === 'refuse') {
    const declared = source.constant(new Set(plan.fields.map(({ name }) => name)), 'declared')
    out.block.line(`for (const key of Object.keys(value)) if (!${declared}.has(key)) ${FAIL}`)
  }
  out.text('{')
  const place: Place = { before: 'nothing', open: '' }
  const read = plan.fields.map((field) => writeField(field, place, writing, tag))
  const unreadable = isUnreadable(plan, read, source)
  if (unreadable !== undefined) out.block.line(`if (${unreadable}) ${FAIL}`)
  out.text('}')
}

/** Returns the variable with the value of the property. */
function writeField(field: Field, place: Place, writing: SlabWriting, tag: string | undefined): string {
  const { source, out } = writing
  const { name, plan, isPromised, isExact } = field
  const value = name === tag ? 'tag' : source.unique(name)
  if (name !== tag) out.block.line(`const ${value} = ${readOf('value', name, source)}`)
  if (isExact) {
    out.block.line(`if (${value} === undefined && ${source.constant(isDefined, 'isDefined')}(value, ${quote(name)})) ${FAIL}`)
  }
  const { condition, write } = unwrap(plan, value, writing)
  const writeMember = () => {
    writeName(name, place, out)
    write()
  }
  if (condition !== undefined && !isPromised) {
    if (place.before === 'nothing') markOpen(place, writing)
    out.inside(`if (${condition})`, writeMember)
    if (place.before === 'nothing') place.before = 'unknown'
    return value
  }
  if (condition !== undefined) out.block.line(`if (!(${condition})) ${FAIL}`)
  writeMember()
  place.before = 'comma'
  return value
}

function markOpen(place: Place, { source, out }: SlabWriting): void {
  out.flush()
  place.open = source.unique('open')
  out.block.line(`const ${place.open} = p`)
}

function writeName(name: string, { before, open }: Place, out: Bytes): void {
  if (before === 'unknown') {
    out.flush()
    out.reserve(1)
    out.block.line(`if (p !== ${open}) bytes[p++] = 44`)
  }
  out.text(`${before === 'comma' ? ',' : ''}${JSON.stringify(name)}:`)
}
