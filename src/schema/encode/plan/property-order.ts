/** The order in which properties are written. */
import type { Property } from '../../node.ts'

/** As declared, but names that are array indexes first: JavaScript keeps them in this order, so `JSON.stringify` writes them in it. */
export function inOrder(properties: readonly Property[]): readonly Property[] {
  if (!properties.some(({ name }) => /^\d/.test(name))) return properties
  const byName = new Map(properties.map((property) => [property.name, property]))
  const names = Object.keys(Object.fromEntries([...byName.keys()].map((name) => [name, true])))
  return names.map((name) => byName.get(name)!)
}
