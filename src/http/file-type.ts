/** The media type of a file by the extension of its name (RFC 6838 registrations). */
import { mimes } from 'mrmime'
import { withCharset } from './media-type.ts'

/** Types that the library lacks, or has in a form that should not be sent. */
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

const TYPES: Readonly<Record<string, string>> = Object.assign(Object.create(null), mimes, OWN_TYPES)

/** The extension after the last `.`, unless the name begins with that. */
const EXTENSION = /[^/\\]\.([^.]+)$/

/** The media type, with a charset for text; `application/octet-stream` for an unknown extension. The name may be a path. */
export function mediaTypeOf(fileName: string): string {
  const extension = EXTENSION.exec(fileName)?.[1]?.toLowerCase()
  const type = extension === undefined ? undefined : TYPES[extension]
  return type === undefined ? 'application/octet-stream' : withCharset(type)
}
