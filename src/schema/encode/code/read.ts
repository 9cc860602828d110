/** How generated code reads an object and its properties. */
import type { ObjectNode } from '../../node.ts'
import { isInheritedName, isReadable, readDefined } from '../../object-value.ts'
import { requiresProperty } from '../plan/presence.ts'
import { isNoObject } from './broken.ts'
import { member, quote, type Source } from './source.ts'

/** A property that a union has read already: its value tells the options apart. */
export interface Tag {
  readonly name: string
  /** The variable that holds it. */
  readonly value: string
}

/** The test of the value itself, before its properties are read. With a tag, the union has made it. */
export function isNotReadable({ properties }: ObjectNode, tag: string | undefined, source: Source): string | undefined {
  if (requiresProperty(properties)) return tag === undefined ? isNoObject('value') : undefined
  const names = properties.map(({ name }) => name)
  return `!${source.constant(isReadable, 'isReadable')}(value, ${source.constant(names, 'names')})`
}

/** Plain access, but for names that any object has. */
export function readOf(value: string, name: string, source: Source): string {
  return isInheritedName(name) ? `${source.constant(readDefined, 'readDefined')}(${value}, ${quote(name)})` : member(value, name)
}
