/** Promises in a value that is refused: nobody awaits them, and a rejection without a handler ends the process. */

/** Values of this many objects are looked through. */
const MOST_OBJECTS = 10_000

/** Marks the rejections of all promises in a value as handled. Runs no getter, and starts no thenable that is not a promise. */
export function ignoreRejections(root: unknown): void {
  const seen = new Set<object>()
  const visit = (value: unknown): void => {
    if (typeof value === 'object' && value !== null && seen.size < MOST_OBJECTS) seen.add(value)
  }
  visit(root)
  // A set hands out what is added while it is walked.
  for (const value of seen) {
    if (value instanceof Promise) void Promise.prototype.then.call(value, undefined, () => undefined)
    else if (Array.isArray(value) || value instanceof Set) for (const item of value) visit(item)
    else if (value instanceof Map) for (const item of value.values()) visit(item)
    else for (const key of Object.keys(value)) visit(Object.getOwnPropertyDescriptor(value, key)?.value)
  }
}
