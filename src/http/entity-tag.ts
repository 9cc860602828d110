/** Entity tags (RFC 9110 §8.8.3): parsing, formatting and the two comparisons. */

export interface EntityTag {
  /** Representations with an equal weak tag are equivalent, but may differ in their bytes. */
  readonly weak: boolean
  /** The text between the quotes. */
  readonly opaque: string
}

/** `etagc = %x21 / %x23-7E / obs-text` */
const OPAQUE = /^[\x21\x23-\x7e\x80-\xff]*$/

/** `[ "W/" ] DQUOTE *etagc DQUOTE` */
const ENTITY_TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/

/** One element of `#entity-tag`, which may be empty (§5.6.1.2), and the comma or the end after it. */
const ELEMENT = /[ \t]*(?:(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[ \t]*)?(,|$)/y

export function parseEntityTag(text: string): EntityTag | undefined {
  const match = ENTITY_TAG.exec(text)
  return match === null ? undefined : { weak: match[1] !== undefined, opaque: match[2]! }
}

/** The value of `If-Match` or `If-None-Match`: `"*" / #entity-tag`. */
export function parseEntityTags(text: string): '*' | readonly EntityTag[] | undefined {
  if (text === '*') return text
  const tags: EntityTag[] = []
  ELEMENT.lastIndex = 0
  for (;;) {
    const match = ELEMENT.exec(text)
    if (match === null) return undefined
    const [, weak, opaque, end] = match
    if (opaque !== undefined) tags.push({ weak: weak !== undefined, opaque })
    if (end === '') return tags
  }
}

/** Throws a `TypeError` if `opaque` has whitespace, quotes or control characters. */
export function formatEntityTag({ weak, opaque }: EntityTag): string {
  if (!OPAQUE.test(opaque)) throw new TypeError('ENTITY_TAG: opaque: a tag must be Latin-1 without spaces, quotes and controls. Hash it.')
  return `${weak ? 'W/' : ''}"${opaque}"`
}

/** Strong comparison (§8.8.3.2): the same octets. */
export function isStrongMatch(a: EntityTag, b: EntityTag): boolean {
  return !a.weak && !b.weak && a.opaque === b.opaque
}

/** Weak comparison (§8.8.3.2): the same meaning. */
export function isWeakMatch(a: EntityTag, b: EntityTag): boolean {
  return a.opaque === b.opaque
}

/** The version of a resource: a counter, or the time of its last change. */
export type Version = string | number | bigint | Date

/** The strong tag of a version, with its quotes. Throws a `TypeError` for anything else, such as an invalid date. */
export function formatVersionTag(version: unknown): string {
  if (version instanceof Date) return formatVersionTag(version.getTime())
  const isVersion = typeof version === 'string' || typeof version === 'bigint' || Number.isFinite(version)
  if (!isVersion)
    throw new TypeError('ENTITY_TAG: version: expected a string, a finite number or a date. Give the version of the resource.')
  // Escapes characters that a tag must not contain, and `%` itself, so that two versions never have the same tag.
  return formatEntityTag({ weak: false, opaque: encodeURIComponent(String(version)) })
}

/** 43 characters of base64url (RFC 4648 §5). */
export async function digestOf(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return btoa(String.fromCharCode(...digest)).replace(/[+/=]/g, (character) => ({ '+': '-', '/': '_' })[character] ?? '')
}
