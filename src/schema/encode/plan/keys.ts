/** Keys of records and maps on the wire. */
import type { MapNode } from '../../node.ts'

/** Is a map of this node an object on the wire? Otherwise it is an array of pairs. */
export function hasTextKeys({ key }: MapNode): boolean {
  return key.kind === 'string'
}

const NUMERIC = /^-?\d+(?:\.\d+)?$/

/** `undefined` for text that is no number. */
export function parseNumericKey(name: string): number | undefined {
  return NUMERIC.test(name) ? Number(name) : undefined
}
