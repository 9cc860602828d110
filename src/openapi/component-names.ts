/** Turns the ids of models into names of components. Different ids always get different names. */
import type { Direction } from '../schema/json-schema/direction.ts'

/** Returns `undefined` for an id that the document does not have. */
export type NameOf = (id: string, direction: Direction) => string | undefined

/** `differing`: the ids of models whose schemas for input and output differ. Each gets a second name for its input schema. */
export function toComponentNames(ids: readonly string[], differing: ReadonlySet<string>): NameOf {
  const names = toNames(ids)
  const taken = new Set(names.values())
  const inputs = new Map(
    [...differing].map((id) => {
      const name = names.get(id)!
      return [id, taken.has(`${name}Input`) ? `${name}-Input` : `${name}Input`] as const
    }),
  )
  return (id, direction) => (direction === 'input' ? inputs.get(id) : undefined) ?? names.get(id)
}

/** Returns the names by id. If two ids would get the same name, both are escaped, so that no name depends on the order of routes. */
function toNames(ids: readonly string[]): ReadonlyMap<string, string> {
  const count = new Map<string, number>()
  for (const id of ids) count.set(toName(id), (count.get(toName(id)) ?? 0) + 1)
  return new Map(
    ids.map((id) => {
      const name = toName(id)
      const isClear = name === id || (count.get(name) === 1 && /[A-Za-z\d]/.test(name))
      return [id, isClear ? name : escapeId(id)]
    }),
  )
}

/** `Page<User>` → `Page_User_`. The name of a component must match `^[a-zA-Z0-9.\-_]+$` (OpenAPI 3.1 §4.8.7.1). */
function toName(id: string): string {
  return id.replace(/[^\w.-]+/g, '_')
}

/** Replaces each character that a name must not contain by its code point: `a b` → `a_20_b`. */
function escapeId(id: string): string {
  return id.replace(/[^\w.-]/gu, (character) => `_${character.codePointAt(0)!.toString(16).toUpperCase()}_`)
}
