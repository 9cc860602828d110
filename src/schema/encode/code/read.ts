/** How generated code reads an object and its properties. */
import { isInheritedName, isReadable, readDefined } from '../../object-value.ts'
import type { ObjectPlan } from '../plan/plan.ts'
import { member, quote, type Source } from './source.ts'

/** A property that a union has read already: its value tells the options apart. */
export interface Tag {
  readonly name: string
  /** The variable that holds it. */
  readonly value: string
}

/**
 * True of a value that no model may read, although it is an object; `undefined` where a required property makes the test unnecessary. It runs only
 * for a value that has none of the properties: `read` holds the variables that they were read into.
 */
export function isUnreadable({ fields, requiresProperty }: ObjectPlan, read: readonly string[], source: Source): string | undefined {
  if (requiresProperty) return undefined
  const names = fields.map(({ name }) => name)
  const isReadableCall = `!${source.constant(isReadable, 'isReadable')}(value, ${source.constant(names, 'names')})`
  return [...read.map((value) => `${value} === undefined`), isReadableCall].join(' && ')
}

/** Plain access, but for names that any object has. */
export function readOf(value: string, name: string, source: Source): string {
  return isInheritedName(name) ? `${source.constant(readDefined, 'readDefined')}(${value}, ${quote(name)})` : member(value, name)
}
