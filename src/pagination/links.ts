/** Links to other pages: the request's own query with other parameters (RFC 8288). */

/**
 * The links of a page. They are relative to the URL of the request, `?page=2`, so that they keep the prefix of a proxy. With `baseURL` they are absolute.
 */
export interface PageLinks {
  readonly self: string
  readonly first: string
  /** `null` on the first page. */
  readonly prev: string | null
  /** `null` on the last page. */
  readonly next: string | null
  /** `null` if the last page is not known. */
  readonly last: string | null
}

/** Parameters to set. `undefined` removes a parameter. */
export type Changes = Readonly<Record<string, string | undefined>>

/** The parameters of each linked page. `undefined` if there is no such page. */
export type Targets = { readonly [Relation in Exclude<keyof PageLinks, 'self'>]: Changes | undefined }

export interface LinkBase {
  /** The query of the request as sent, without `?`. */
  readonly search: string
  /** The URL in front of the query. If it is empty, links are relative to the URL of the request (RFC 3986 §5.2.2). */
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

/** The query with changed parameters. All others stay as they were sent, with their escapes. */
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

/** Escapes the characters that a URI can't contain. In a `Link` header, `>`, a quote or a space would end the link. */
function toURICharacters(text: string): string {
  return text.replaceAll(/[^\w\-.~!$&'()*+,;=:@/?%[\]]/gu, (character) =>
    character.length === 1 && character.charCodeAt(0) < 0x100
      ? `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
      : encodeURIComponent(character.isWellFormed() ? character : '\uFFFD'),
  )
}
