/** Request paths in one form (RFC 3986 §6.2.2), so that no spelling of a path slips past its route. */

/** `pct-encoded = "%" HEXDIG HEXDIG` */
const PERCENT = /%([\dA-Fa-f]{2})?/g
/** `unreserved = ALPHA / DIGIT / "-" / "." / "_" / "~"` */
const UNRESERVED = /[\w.~-]/

/** Decodes escapes of unreserved characters and writes the others in upper case; `%2F` stays what it is. `undefined` where an escape is malformed. */
export function normalizePath(path: string): string | undefined {
  if (!path.includes('%')) return path
  let malformed = false
  const normal = path.replace(PERCENT, (escape, digits: string | undefined) => {
    if (digits === undefined) {
      malformed = true
      return escape
    }
    const character = String.fromCharCode(Number.parseInt(digits, 16))
    return UNRESERVED.test(character) ? character : escape.toUpperCase()
  })
  return malformed ? undefined : normal
}
