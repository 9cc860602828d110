/** Ids of models → names of components. Different ids never get one name. */
import type { Direction } from '../schema/json-schema/direction.ts'

/** `undefined` for an id that the document does not have. */
export type NameOf = (id: string, direction: Direction) => string | undefined

/** `differing` are the ids of models that look different on their way in: these need a second name. */
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

/** By id. Ids that would get one name are written out, so that no name depends on the order of routes. */
function toNames(ids: readonly string[]): ReadonlyMap<string, string> {
  const count = new Map<string, number>()
  for (const id of ids) count.set(toName(id), (count.get(toName(id)) ?? 0) + 1)
  return new Map(
    ids.map((id) => {
      const name = toName(id)
      const isClear = name === id || (count.get(name) === 1 && /[A-Za-z\d]/.test(name))
      return [id, isClear ? name : writeOut(id)]
    }),
  )
}

/** `^[a-zA-Z0-9.\-_]+$` is all that a component's name may be (OpenAPI 3.1 §4.8.7.1): `Page<User>` → `Page_User_`. */
function toName(id: string): string {
  return id.replace(/[^\w.-]+/g, '_')
}

/** Each character that no name may have by its code point: `a b` → `a_20_b`. */
function writeOut(id: string): string {
  return id.replace(/[^\w.-]/gu, (character) => `_${character.codePointAt(0)!.toString(16).toUpperCase()}_`)
}
