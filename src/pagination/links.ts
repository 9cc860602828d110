/** Links to other pages: the request's own query with other parameters (RFC 8288). */

/**
 * The links of a page. Each relative to the URL of the request, `?page=2`, so that no prefix of a proxy is lost; absolute where a base is declared.
 */
export interface PageLinks {
  readonly self: string
  readonly first: string
  /** `null` on the first page. */
  readonly prev: string | null
  /** `null` on the last page. */
  readonly next: string | null
  /** `null` where the last page is not known. */
  readonly last: string | null
}

/** Parameters to set, by name. `undefined` removes one. */
export type Changes = Readonly<Record<string, string | undefined>>

/** The target of a relation; `undefined` if there is no such page. */
export type Targets = { readonly [Relation in Exclude<keyof PageLinks, 'self'>]: Changes | undefined }

export interface LinkBase {
  /** The query as sent, without its `?`. */
  readonly search: string
  /** The URL in front of the query. Empty: the client's own URL (RFC 3986 §5.2.2). */
  readonly path: string
}

export function toLinks({ search, path }: LinkBase, { first, prev, next, last }: Targets): PageLinks {
  const link = (changes: Changes | undefined) => (changes === undefined ? null : `${path}?${edit(search, changes)}`)
  return { self: link({})!, first: link(first ?? {})!, prev: link(prev), next: link(next), last: link(last) }
}

/** The value of a `Link` header. */
export function formatLinks(links: PageLinks): string {
  return RELATIONS.flatMap((relation) => (links[relation] === null ? [] : [`<${links[relation]}>; rel="${relation}"`])).join(', ')
}

const RELATIONS = ['first', 'prev', 'next', 'last', 'self'] as const

/** All other parameters stay as they were sent, with their escapes. */
function edit(search: string, changes: Changes): string {
  const left = new Map(Object.entries(changes))
  const parts = search.split('&').flatMap((part) => {
    if (part === '') return []
    const name = nameOf(part)
    if (!Object.hasOwn(changes, name)) return [toURICharacters(part)]
    const value = left.get(name)
    left.delete(name)
    return value === undefined ? [] : [pair(name, value)]
  })
  for (const [name, value] of left) if (value !== undefined) parts.push(pair(name, value))
  return parts.join('&')
}

function pair(name: string, value: string): string {
  return `${encodeURIComponent(name)}=${encodeURIComponent(value)}`
}

function nameOf(part: string): string {
  const name = part.split('=', 1)[0]!.replaceAll('+', ' ')
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

/** What no URI may hold would end the link in a header: `>`, a quote, a space. */
function toURICharacters(text: string): string {
  return text.replaceAll(/[^\w\-.~!$&'()*+,;=:@/?%[\]]/gu, (character) =>
    character.length === 1 && character.charCodeAt(0) < 0x100
      ? `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
      : encodeURIComponent(character.isWellFormed() ? character : '\uFFFD'),
  )
}
