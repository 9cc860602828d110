/** Objects in the slab's code. Names and punctuation are static text, except around properties that may be absent. */
import type { ObjectNode, Property } from '../../node.ts'
import { isPromised } from '../plan/presence.ts'
import { inOrder } from '../plan/property-order.ts'
import { isNoObject } from '../code/broken.ts'
import { isUnreadable, readOf, type Tag } from '../code/read.ts'
import { isDefined } from '../../object-value.ts'
import { quote } from '../code/source.ts'
import { nameOf } from '../code/writing.ts'
import type { Bytes } from './bytes.ts'
import { unwrap } from './foreign.ts'
import { FAIL, writeCall, writeFunction, type SlabWriting } from './writing.ts'

/** `tag`: the property that the union around this object has read. */
export function writeObject(node: ObjectNode, value: string, writing: SlabWriting, tag?: Tag): void {
  const name = objectFunction(node, `${value}_object`, writing, tag?.name)
  writeCall(name, tag === undefined ? [value, 'p'] : [value, 'p', tag.value], writing)
}

export function objectFunction(node: ObjectNode, hint: string, writing: SlabWriting, tag?: string): string {
  return writing.source.function(node, `object ${tag ?? ''}`, nameOf(node, hint), (name) =>
    writeFunction(name, tag === undefined ? [] : ['tag'], writing, (inside) => writeBody(node, inside, tag)),
  )
}

/** What precedes the next name: the brace, a comma, or either of them, known only at run time. */
interface Place {
  before: 'nothing' | 'comma' | 'unknown'
  /** The variable with the position after the opening brace; it is needed while `before` is `unknown`. */
  open: string
}

function writeBody(node: ObjectNode, writing: SlabWriting, tag: string | undefined): void {
  const { source, out } = writing
  if (tag === undefined) out.block.line(`if (${isNoObject('value')}) ${FAIL}`)
  if (node.additional === 'refuse') {
    const declared = source.constant(new Set(node.properties.map(({ name }) => name)), 'declared')
    out.block.line(`for (const key of Object.keys(value)) if (!${declared}.has(key)) ${FAIL}`)
  }
  out.text('{')
  const place: Place = { before: 'nothing', open: '' }
  const read = inOrder(node.properties).map((property) => writeProperty(property, place, writing, tag))
  const unreadable = isUnreadable(node, read, source)
  if (unreadable !== undefined) out.block.line(`if (${unreadable}) ${FAIL}`)
  out.text('}')
}

/** Returns the variable that the property was read into. */
function writeProperty(property: Property, place: Place, writing: SlabWriting, tag: string | undefined): string {
  const { source, out } = writing
  const { name, node } = property
  const value = name === tag ? 'tag' : source.unique(name)
  if (name !== tag) out.block.line(`const ${value} = ${readOf('value', name, source)}`)
  if (node.kind === 'optional' && node.exact) {
    out.block.line(`if (${value} === undefined && ${source.constant(isDefined, 'isDefined')}(value, ${quote(name)})) ${FAIL}`)
  }
  const { condition, write } = unwrap(node, value, writing)
  const writeMember = () => {
    writeName(name, place, out)
    write()
  }
  if (condition !== undefined && !isPromised(property)) {
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
