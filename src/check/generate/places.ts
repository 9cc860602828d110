/** The places of a value, each with its schema, for boundaries and violations. */
import { isRecord, type Schema, type SchemaObject } from '../document/schema.ts'
import { flatten } from './merge.ts'

export type Path = readonly (string | number)[]

export interface Place {
  readonly path: Path
  readonly schema: SchemaObject
  readonly value: unknown
  /** Whether the schema is one of several alternatives. A value that breaks it may fit another one. */
  readonly isAlternative: boolean
}

/** A value that differs from a given one at one place. */
export interface Variation {
  readonly path: Path
  /** `undefined` removes the value at the place. */
  readonly value: unknown
  /** `100 characters` */
  readonly what: string
}

const MOST_DEPTH = 3
/** How many nested alternatives are followed. They have the same path, so `MOST_DEPTH` does not limit them. */
const MOST_ALTERNATIVES = 3

export function placesOf(root: unknown, schema: Schema, value: unknown): Generator<Place> {
  return below({ root, schema, value, path: [], alternatives: 0 })
}

interface At {
  readonly root: unknown
  readonly schema: Schema
  readonly value: unknown
  readonly path: Path
  readonly alternatives: number
}

function* below(at: At): Generator<Place> {
  const { root, value, path, alternatives } = at
  const schema = flatten(at.schema, { root })
  if (typeof schema === 'boolean') return
  yield { path, schema, value, isAlternative: alternatives > 0 }
  if (path.length >= MOST_DEPTH) return
  if (path.length > 0 && alternatives < MOST_ALTERNATIVES) {
    for (const option of [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])])
      yield* below({ ...at, schema: option, alternatives: alternatives + 1 })
  }
  const { properties = {}, items } = schema
  if (isRecord(value)) {
    for (const [name, property] of Object.entries(properties))
      if (Object.hasOwn(value, name)) yield* below({ ...at, schema: property, value: value[name], path: [...path, name] })
  }
  if (Array.isArray(value) && value.length > 0 && items !== undefined)
    yield* below({ ...at, schema: items, value: value[0], path: [...path, 0] })
}

/** `body.tags[]`; `root` for the value itself. */
export function labelOf(root: string, path: Path): string {
  return root + path.map((name) => (typeof name === 'number' ? '[]' : `.${name}`)).join('')
}
