/** Header fields that were sent in several lines. Their values are joined (RFC 9110 §5.3) in every front, as `Headers` of the fetch standard joins them. */
import type { IncomingMessage } from 'node:http'

/** The value of a field; `undefined` where Connect middleware has removed it. */
export function fieldOf(message: IncomingMessage, name: string): string | undefined {
  const value = message.headers[name]
  // Only `Set-Cookie` is a list. Names that every object has (`constructor`) hold no text.
  if (Array.isArray(value)) return value.join(', ')
  if (typeof value !== 'string') return undefined
  const joined = repeatedFields(message).get(name)
  // Connect middleware may have put another value there.
  return joined?.startsWith(`${value}, `) === true ? joined : value
}

const NONE: ReadonlyMap<string, string> = new Map()
const found = new WeakMap<IncomingMessage, ReadonlyMap<string, string>>()

/** Of `Authorization`, `Host` and other fields `node:http` keeps the first line alone, unless the server says `joinDuplicateHeaders`. */
function repeatedFields(message: IncomingMessage): ReadonlyMap<string, string> {
  if ((message as { joinDuplicateHeaders?: boolean }).joinDuplicateHeaders === true) return NONE
  let repeated = found.get(message)
  if (repeated === undefined) found.set(message, (repeated = joinLines(message.rawHeaders)))
  return repeated
}

/** `raw` holds names and values in turns. */
function joinLines(raw: readonly string[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  let repeated: Map<string, string> | undefined
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at]!.toLowerCase()
    const before = values.get(name)
    const value = before === undefined ? raw[at + 1]! : `${before}, ${raw[at + 1]!}`
    values.set(name, value)
    if (before !== undefined) (repeated ??= new Map()).set(name, value)
  }
  return repeated ?? NONE
}
