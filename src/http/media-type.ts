/** Media types (RFC 9110 §8.3.1): parsing one, and adding the charset of text. */

export interface MediaType {
  /** `type/subtype` in lower case. */
  readonly essence: string
  /** By name in lower case. If a name occurs twice, the first counts. */
  readonly parameters: Readonly<Record<string, string>>
}

/** `type "/" subtype`, both `token` */
const ESSENCE = /[!#$%&'*+.^_`|~\dA-Za-z-]+\/[!#$%&'*+.^_`|~\dA-Za-z-]+/y

/** `OWS ";" OWS [ parameter ]`, `parameter = token "=" ( token / quoted-string )` */
const PARAMETER =
  /[ \t]*;[ \t]*(?:([!#$%&'*+.^_`|~\dA-Za-z-]+)=(?:([!#$%&'*+.^_`|~\dA-Za-z-]+)|"((?:[\t !\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*)"))?/y

/** `quoted-pair = "\" ( HTAB / SP / VCHAR / obs-text )` */
const QUOTED_PAIR = /\\(.)/g

/** `undefined` if the text is not a media type. */
export function parseMediaType(text: string): MediaType | undefined {
  ESSENCE.lastIndex = 0
  const essence = ESSENCE.exec(text)?.[0]
  if (essence === undefined) return undefined
  const parameters: Record<string, string> = Object.create(null)
  let at = essence.length
  while (at < text.length) {
    PARAMETER.lastIndex = at
    const match = PARAMETER.exec(text)
    if (match === null) return undefined
    at = PARAMETER.lastIndex
    const [, name, token, quoted] = match
    if (name !== undefined) parameters[name.toLowerCase()] ??= token ?? quoted!.replace(QUOTED_PAIR, '$1')
  }
  return { essence: essence.toLowerCase(), parameters }
}

/** Compares without parameters such as the charset. */
export function isSameMediaType(text: string, other: string): boolean {
  return text === other || (parseMediaType(text)?.essence ?? text) === parseMediaType(other)?.essence
}

/** Types that have a charset parameter. */
const TAKES_CHARSET = /^(?:text\/|application\/(?:x-)?(?:java|ecma)script$)/

/** Whether the content is text that may have a charset parameter. */
export function isTextType(mediaType: string): boolean {
  return TAKES_CHARSET.test(parseMediaType(mediaType)?.essence ?? '')
}

/** Adds `; charset=utf-8` to text that names no charset. */
export function withCharset(mediaType: string): string {
  const parsed = parseMediaType(mediaType)
  if (parsed === undefined || 'charset' in parsed.parameters || !TAKES_CHARSET.test(parsed.essence)) return mediaType
  return `${mediaType}; charset=utf-8`
}
