/** The inputs of a request before it is written: the values of its parameters and of its body. */
import type { Location } from '../document/operation.ts'

export type Values = Readonly<Record<string, unknown>>

export interface BodyValue {
  readonly mediaType: string
  readonly value: unknown
  /** The text that is sent instead of the value, such as invalid JSON. */
  readonly raw?: string
}

export interface Inputs extends Readonly<Record<Location, Values>> {
  readonly body: BodyValue | undefined
}

export const NO_INPUTS: Inputs = { path: {}, query: {}, header: {}, cookie: {}, body: undefined }

/** Replaces the value of a parameter. `undefined` removes it. */
export function withValue(inputs: Inputs, location: Location, name: string, value: unknown): Inputs {
  const { [name]: _old, ...others } = inputs[location]
  return { ...inputs, [location]: value === undefined ? others : { ...others, [name]: value } }
}

/** Replaces the value at a path. `undefined` removes it. */
export function replaceAt(value: unknown, path: readonly (string | number)[], put: unknown): unknown {
  const [name, ...rest] = path
  if (name === undefined) return put
  if (Array.isArray(value)) {
    const items = [...(value as unknown[])]
    const next = replaceAt(items[Number(name)], rest, put)
    if (next === undefined) items.splice(Number(name), 1)
    else items[Number(name)] = next
    return items
  }
  const record = { ...(value as Record<string, unknown>) }
  const next = replaceAt(record[name], rest, put)
  if (next === undefined) delete record[name]
  else record[name] = next
  return record
}

/** All strings in a value, without property names. */
export function* textsOf(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value
  else if (typeof value === 'object' && value !== null) for (const child of Object.values(value)) yield* textsOf(child)
}
