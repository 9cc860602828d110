/** What the writers of generated code share: the function that they add code to, and how code reads an object. */
import { type Block, type Source, member, quote } from './source.ts'
import { MAX_WRITTEN_DEPTH } from '../../json-text.ts'
import { TOO_DEEP } from '../values/trail.ts'
import { isInheritedName, isReadable, readDefined } from '../../object-value.ts'
import type { ObjectPlan } from '../plan/plan.ts'

export interface Writing {
  readonly source: Source
  readonly block: Block
  /** The model refers to itself: each function takes its depth. */
  readonly recursive: boolean
}

/** The parameters of a function, or the arguments of a call to one; `undefined` ones are left out. */
export function list({ recursive }: Writing, ...names: readonly (string | undefined)[]): string {
  return [...names, recursive ? 'depth' : undefined].filter((name) => name !== undefined).join(', ')
}

/** The arguments of a call that goes one level deeper. */
export function deeper({ source, block }: Writing, ...names: readonly string[]): string {
  block.line(`if (depth > ${MAX_WRITTEN_DEPTH}) throw ${source.constant(TOO_DEEP, 'TOO_DEEP')}`)
  return [...names, 'depth + 1'].join(', ')
}

/** A property that a union has read already: its value tells the options apart. */
export interface Tag {
  readonly name: string
  /** The variable that holds it. */
  readonly value: string
}

/**
 * True of a value that no model may read, although it is an object; `undefined` if a required property makes the test unnecessary. It runs only
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
