/** Media types (RFC 9110 §8.3.1): parses one, adds the charset of text, and finds the type of a file by its extension. */
import { mimes } from 'mrmime'

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

/** Media types by extension (RFC 6838 registrations) that the library lacks, or has in a form that should not be sent. */
const OWN_TYPES: Readonly<Record<string, string>> = {
  '7z': 'application/x-7z-compressed',
  apk: 'application/vnd.android.package-archive',
  arrow: 'application/vnd.apache.arrow.file',
  avro: 'application/vnd.apache.avro',
  br: 'application/x-brotli',
  bz2: 'application/x-bzip2',
  cjs: 'text/javascript',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  flac: 'audio/flac',
  ico: 'image/vnd.microsoft.icon',
  jsonl: 'application/jsonl',
  kml: 'application/vnd.google-earth.kml+xml',
  mkv: 'video/matroska',
  msgpack: 'application/vnd.msgpack',
  ndjson: 'application/x-ndjson',
  odp: 'application/vnd.oasis.opendocument.presentation',
  ods: 'application/vnd.oasis.opendocument.spreadsheet',
  odt: 'application/vnd.oasis.opendocument.text',
  parquet: 'application/vnd.apache.parquet',
  ppt: 'application/vnd.ms-powerpoint',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  rar: 'application/vnd.rar',
  sqlite: 'application/vnd.sqlite3',
  tar: 'application/x-tar',
  tgz: 'application/gzip',
  vcf: 'text/vcard',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  // An XML document declares its encoding, which a charset parameter would override (RFC 7303 §3).
  xml: 'application/xml',
  xz: 'application/x-xz',
  zst: 'application/zstd',
}

/** The extension after the last `.`, unless the name begins with that. */
const EXTENSION = /[^/\\]\.([^.]+)$/

/** The media type, with a charset for text; `application/octet-stream` for an unknown extension. The name may be a path. */
export function mediaTypeOf(fileName: string): string {
  const extension = EXTENSION.exec(fileName)?.[1]?.toLowerCase()
  // Two look-ups instead of one merged table: a bundler keeps a table that is built while modules load, even if this function is not used.
  const types = [OWN_TYPES, mimes].find((one) => extension !== undefined && Object.hasOwn(one, extension))
  return types === undefined ? 'application/octet-stream' : withCharset(types[extension!]!)
}
