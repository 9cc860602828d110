/** Finds the compressed copies of a file in its folder: `a.js.br`, `a.js.gz` (RFC 9110 §8.4). */
import { acceptedEncodings } from '../http/accept.ts'
import type { FileLike, FileRoot } from './file-like.ts'

const EXTENSIONS = new Map([
  ['br', '.br'],
  ['gzip', '.gz'],
])

export interface EncodedFile {
  readonly file: FileLike
  /** Its `Content-Encoding`. */
  readonly coding: string
}

/** The compressed copy of `path` whose coding the client prefers; `undefined` if it prefers the file itself or there is no copy. */
export async function openEncoded(root: FileRoot, path: string, acceptEncoding: string): Promise<EncodedFile | undefined> {
  for (const coding of acceptedEncodings(acceptEncoding, [...EXTENSIONS.keys()])) {
    const file = await root.open(path + EXTENSIONS.get(coding)!)
    if (file !== undefined) return { file: withTag(file, coding), coding }
  }
  return undefined
}

/** Adds the coding to the tag: representations with different bytes need different strong tags (§8.8.3.3), even if both files have the same tag. */
function withTag(file: FileLike, coding: string): FileLike {
  const { size, lastModified, etag } = file
  return {
    size,
    ...(lastModified === undefined ? {} : { lastModified }),
    ...(etag === undefined ? {} : { etag: etag.replace(/"$/, `-${coding}"`) }),
    slice: (start, end) => file.slice(start, end),
  }
}
