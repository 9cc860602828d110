/** Finds the properties of a multipart form that are files. */
import { followSchema } from './references.ts'
import { isRecord, type Schema, type SchemaObject } from './schema.ts'

/** How deep `allOf` is followed. A schema may contain itself. */
const MOST_DEPTH = 10

/** The media type of each file: the first that `encoding` names, or that of its schema. */
export function filesOf(root: unknown, form: Schema | undefined, encoding: unknown): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  for (const [name, schema] of propertiesOf(root, form ?? true, 0)) {
    const type = fileType(root, schema, contentTypeOf(encoding, name))
    if (type !== undefined) files.set(name, type)
  }
  return files
}

function* propertiesOf(root: unknown, schema: Schema, depth: number): Generator<readonly [string, Schema]> {
  const found = followSchema(root, schema)
  if (typeof found === 'boolean' || depth > MOST_DEPTH) return
  for (const part of found.allOf ?? []) yield* propertiesOf(root, part, depth + 1)
  yield* Object.entries(found.properties ?? {})
}

function fileType(root: unknown, schema: Schema, encoded: string | undefined): string | undefined {
  const found = followSchema(root, schema)
  if (typeof found === 'boolean') return undefined
  if (found.items !== undefined) return fileType(root, found.items, encoded)
  return isFile(found) ? (encoded ?? found.contentMediaType ?? 'application/octet-stream') : undefined
}

/** Text with `contentEncoding` or `contentSchema` is a value in text, not a file. */
export function isFile({ format, contentMediaType, contentEncoding, contentSchema }: SchemaObject): boolean {
  return format === 'binary' || (contentMediaType !== undefined && contentEncoding === undefined && contentSchema === undefined)
}

/** The first of `image/png, image/*`. */
function contentTypeOf(encoding: unknown, name: string): string | undefined {
  const entry = isRecord(encoding) ? encoding[name] : undefined
  const types = isRecord(entry) ? entry['contentType'] : undefined
  return typeof types === 'string'
    ? types.split(',')[0]!.trim().replace('*/*', 'application/octet-stream').replace('/*', '/x-check')
    : undefined
}
