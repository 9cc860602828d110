/** Evaluates conditional requests (RFC 9110 §13): whether to perform the method, and whether a range still applies. */
import { isStrongMatch, isWeakMatch, parseEntityTag, parseEntityTags, type EntityTag } from './entity-tag.ts'
import { parseHTTPDate } from './fields.ts'

/** Validators of the current representation. */
export interface Validators {
  /** With quotes, as in the header: `"abc"`, `W/"abc"`. */
  readonly etag?: string | undefined
  readonly lastModified?: Date | undefined
}

export type Outcome = 'proceed' | 'not-modified' | 'precondition-failed'

/** A header field's value by its lower-case name. */
export type GetHeader = (name: string) => string | undefined

/**
 * Evaluates the conditions of a request whose response would otherwise be a 2xx (§13.2.2).
 * `current` is `undefined` if no representation exists yet, as before the first PUT.
 */
export function evaluatePreconditions(method: string, current: Validators | undefined, header: GetHeader): Outcome {
  const isSafe = method === 'GET' || method === 'HEAD'
  const ifMatch = header('if-match')
  const ifNoneMatch = header('if-none-match')
  // 1. If-Match: if false, 412.
  if (ifMatch !== undefined) {
    if (!matchesAny(ifMatch, current, isStrongMatch)) return 'precondition-failed'
  }
  // 2. Without If-Match, If-Unmodified-Since: if false, 412.
  else if (isModifiedSince(header('if-unmodified-since'), current) === true) return 'precondition-failed'
  // 3. If-None-Match: if false, 304 for GET and HEAD, 412 for the others.
  if (ifNoneMatch !== undefined) {
    if (matchesAny(ifNoneMatch, current, isWeakMatch)) return isSafe ? 'not-modified' : 'precondition-failed'
  }
  // 4. GET or HEAD without If-None-Match, If-Modified-Since: if false, 304.
  else if (isSafe && isModifiedSince(header('if-modified-since'), current) === false) return 'not-modified'
  // 5. If-Range, for which see `evaluateIfRange`. 6. Perform the method.
  return 'proceed'
}

/** Whether the `Range` header applies (§13.1.5). If not, it is ignored and the whole content is sent. */
export function evaluateIfRange(ifRange: string, { etag, lastModified }: Validators): boolean {
  const tag = parseEntityTag(ifRange)
  // "A recipient of an If-Range header field MUST use the strong comparison", and a date must match exactly.
  if (tag !== undefined) return matchesTag(tag, etag, isStrongMatch)
  const date = parseHTTPDate(ifRange)
  return date !== undefined && lastModified !== undefined && toSeconds(date) === toSeconds(lastModified)
}

type Comparison = (a: EntityTag, b: EntityTag) => boolean

/** `*` matches any current representation. A list with invalid syntax matches nothing. */
function matchesAny(field: string, current: Validators | undefined, compare: Comparison): boolean {
  if (current === undefined) return false
  const tags = parseEntityTags(field)
  return tags === '*' || (tags ?? []).some((tag) => matchesTag(tag, current.etag, compare))
}

function matchesTag(tag: EntityTag, etag: string | undefined, compare: Comparison): boolean {
  const own = etag === undefined ? undefined : parseEntityTag(etag)
  return own !== undefined && compare(tag, own)
}

/** `undefined` if the field must be ignored: it is not a date, or the resource has no date (§13.1.3, §13.1.4). */
function isModifiedSince(field: string | undefined, current: Validators | undefined): boolean | undefined {
  const date = field === undefined ? undefined : parseHTTPDate(field)
  if (date === undefined || current?.lastModified === undefined) return undefined
  return toSeconds(current.lastModified) > toSeconds(date)
}

/** Dates in header fields have no milliseconds. */
function toSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000)
}
