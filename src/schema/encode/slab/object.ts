/** Objects in the slab's code. Names and punctuation are static text, except around properties that may be absent. */
import type { Field, ObjectPlan, Plan, TaggedOption } from '../plan/plan.ts'
import { isNoObject } from '../code/conditions.ts'
import { isUnreadable, readOf, type Tag } from '../code/writing.ts'
import { isDefined } from '../../object-value.ts'
import { quote } from '../code/source.ts'
import type { Bytes } from './bytes.ts'
import { isLoose, unwrap } from './foreign.ts'
import { FAIL, writeCall, writeDeeperCall, writeFunction, type SlabWriting } from './writing.ts'

export function writeObject(plan: ObjectPlan, value: string, writing: SlabWriting): void {
  writeCall(objectFunction(plan, `${value}_object`, writing), [value, 'p'], writing)
}

/** An object of a union, which has read the tag. */
export function writeTaggedObject({ object, isCall }: TaggedOption, tag: Tag, value: string, writing: SlabWriting): void {
  const name = objectFunction(object(), `${value}_object`, writing, tag.name)
  if (isCall) writeDeeperCall(name, [value, 'p', tag.value], writing)
  else writeCall(name, [value, 'p', tag.value], writing)
}

/** The function of any plan: as an option of a union, or on its own, where an absent value is refused. */
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

/** What precedes the next name: the brace, a comma, or either of them, known only at run time. */
interface Place {
  before: 'nothing' | 'comma' | 'unknown'
  /** The variable with the position after the opening brace; it is needed while `before` is `unknown`. */
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

/** Returns the variable that the property was read into. */
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
