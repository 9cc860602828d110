/** A default or an example of a model → the JSON that stands in its document. */

/** `undefined` where the value has no form in JSON, or none that stays the same: a date by default is nearly always now. */
export function toJSONValue(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) ? value : undefined
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
    case 'object':
      return toJSONObject(value)
    default:
      return undefined
  }
}

function toJSONObject(value: object | null): unknown {
  if (value === null) return null
  if (Array.isArray(value)) return toJSONArray(value)
  if (value instanceof Set) return toJSONArray([...value])
  if (value instanceof URL) return value.href
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return undefined
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => [name, toJSONValue(member)] as const)
  return members.some(([, member]) => member === undefined) ? undefined : Object.fromEntries(members)
}

function toJSONArray(values: readonly unknown[]): unknown {
  const converted = values.map(toJSONValue)
  return converted.includes(undefined) ? undefined : converted
}

/** A default that is made anew each time, such as a random id, is not the same twice: then there is none to show. */
export function toConstant(make: () => unknown): unknown {
  const [first, second] = [toJSONValue(make()), toJSONValue(make())]
  return JSON.stringify(first) === JSON.stringify(second) ? first : undefined
}
