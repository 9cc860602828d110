/** Reads the parts of an operation: parameters, request body and responses. */
import type {
  Content,
  DeclaredResponse,
  DocumentProblem,
  Location,
  Operation,
  Parameter,
  PlacedSchema,
  RequestBody,
  ResponseHeader,
} from './operation.ts'
import { childOf, follow, followSchema, isRecord, isFile, type Placed, type Schema } from './schema.ts'

export interface Reader {
  readonly root: Readonly<Record<string, unknown>>
  readonly problems: DocumentProblem[]
}

interface Source {
  readonly key: string
  readonly pointer: string
  readonly operation: Readonly<Record<string, unknown>>
  /** The parameters of the path item. */
  readonly shared: Placed
}

type Parts = Pick<Operation, 'parameters' | 'body' | 'responses'>
type Fields = Readonly<Record<string, unknown>>

const NO_FILES: ReadonlyMap<string, string> = new Map()

const LOCATIONS = ['path', 'query', 'header', 'cookie']
/** OpenAPI: these header parameters are ignored. */
const IGNORED_HEADERS = new Set(['accept', 'content-type', 'authorization'])

export function readParts(reader: Reader, source: Source): Parts {
  const { key, pointer, operation } = source
  const own = readParameters(reader, key, { pointer: childOf(pointer, 'parameters'), value: operation['parameters'] })
  const shared = readParameters(reader, key, source.shared).filter(
    (parameter) => !own.some(({ name, in: location }) => name === parameter.name && location === parameter.in),
  )
  return {
    parameters: [...shared, ...own],
    // OpenAPI: the body of a GET or HEAD has no meaning. Many generated documents declare an empty one.
    body: /^(?:GET|HEAD) /.test(key)
      ? undefined
      : readBody(reader, key, { pointer: childOf(pointer, 'requestBody'), value: operation['requestBody'] }),
    responses: readResponses(reader, key, { pointer: childOf(pointer, 'responses'), value: operation['responses'] }),
  }
}

function readParameters(reader: Reader, key: string, { pointer, value }: Placed): readonly Parameter[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((given: unknown, index) => {
    const found = resolve(reader, `${key} parameters[${index}]`, { pointer: childOf(pointer, index), value: given })
    if (found === undefined) return []
    const { name, in: location } = found.fields
    if (typeof name !== 'string' || typeof location !== 'string' || !LOCATIONS.includes(location)) return []
    if (location === 'header' && IGNORED_HEADERS.has(name.toLowerCase())) return []
    return [toParameter(reader, found, name, location as Location)]
  })
}

function toParameter(reader: Reader, { fields, pointer }: Found, name: string, location: Location): Parameter {
  const [content] = readContents(reader, { pointer: childOf(pointer, 'content'), value: fields['content'] })
  const style = typeof fields['style'] === 'string' ? fields['style'] : location === 'query' || location === 'cookie' ? 'form' : 'simple'
  const schema = content?.schema ?? schemaIn(fields, pointer)
  return {
    name,
    in: location,
    required: location === 'path' || fields['required'] === true,
    style,
    explode: typeof fields['explode'] === 'boolean' ? fields['explode'] : style === 'form' || style === 'deepObject',
    mediaType: content?.mediaType,
    schema,
    examples: content?.examples.length ? content.examples : examplesOf(reader, fields, schemaIn(fields, pointer)),
    isCursor: location === 'query' && CURSOR.test(name) && !hasFormat(reader.root, schema),
  }
}

const CURSOR = /^(?:cursor|(?:next|page|continuation)_?token|(?:starting_)?after|(?:ending_)?before)$/i

/** A parameter with a format, such as a date, is not a cursor. */
function hasFormat(root: unknown, schema: PlacedSchema | undefined): boolean {
  const found = followSchema(root, schema?.schema ?? true)
  return typeof found === 'object' && found.format !== undefined
}

function readBody(reader: Reader, key: string, placed: Placed): RequestBody | undefined {
  if (placed.value === undefined) return undefined
  const found = resolve(reader, `${key} requestBody`, placed)
  if (found === undefined) return undefined
  const contents = readContents(reader, { pointer: childOf(found.pointer, 'content'), value: found.fields['content'] })
  return { required: found.fields['required'] === true, contents }
}

function readResponses(reader: Reader, key: string, { pointer, value }: Placed): readonly DeclaredResponse[] {
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([status, given]) => {
    if (status.startsWith('x-')) return []
    const found = resolve(reader, `${key} responses.${status}`, { pointer: childOf(pointer, status), value: given })
    if (found === undefined) return []
    const contents = readContents(reader, { pointer: childOf(found.pointer, 'content'), value: found.fields['content'] })
    return [
      {
        key: status,
        contents,
        headers: readHeaders(reader, key, { pointer: childOf(found.pointer, 'headers'), value: found.fields['headers'] }),
      },
    ]
  })
}

function readHeaders(reader: Reader, key: string, { pointer, value }: Placed): readonly ResponseHeader[] {
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([name, given]) => {
    // OpenAPI: a header of this name is ignored.
    if (name.toLowerCase() === 'content-type') return []
    const found = resolve(reader, `${key} headers.${name}`, { pointer: childOf(pointer, name), value: given })
    if (found === undefined) return []
    const { description } = found.fields
    return [
      {
        name,
        required: found.fields['required'] === true,
        description: typeof description === 'string' ? description : '',
        schema: schemaIn(found.fields, found.pointer),
      },
    ]
  })
}

function readContents(reader: Reader, { pointer, value }: Placed): readonly Content[] {
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([mediaType, given]) => {
    const place = childOf(pointer, mediaType)
    const found = resolve(reader, mediaType, { pointer: place, value: given })
    if (found === undefined) return []
    const { fields } = found
    const schema = schemaIn(fields, found.pointer)
    return [
      {
        mediaType: essenceOf(mediaType),
        schema,
        files: essenceOf(mediaType) === 'multipart/form-data' ? filesOf(reader.root, schema?.schema, fields['encoding']) : NO_FILES,
        itemSchema: schemaIn(fields, found.pointer, 'itemSchema') ?? schemaIn(fields, found.pointer, 'x-itemSchema'),
        examples: examplesOf(reader, fields, schema),
      },
    ]
  })
}

function essenceOf(mediaType: string): string {
  return mediaType.split(';')[0]!.trim().toLowerCase()
}

function schemaIn(fields: Fields, pointer: string, keyword = 'schema'): PlacedSchema | undefined {
  const schema = fields[keyword]
  if (typeof schema !== 'boolean' && !isRecord(schema)) return undefined
  return { pointer: childOf(pointer, keyword), schema: schema }
}

function examplesOf(reader: Reader, fields: Fields, schema: PlacedSchema | undefined): readonly unknown[] {
  const named = isRecord(fields['examples']) ? Object.values(fields['examples']) : []
  const values = named.flatMap((given) => {
    const example = follow(reader.root, { pointer: '', value: given })?.value
    if (!isRecord(example)) return []
    if ('dataValue' in example) return [example['dataValue']]
    return 'value' in example ? [example['value']] : []
  })
  const single = 'example' in fields ? [fields['example']] : []
  const own = schema === undefined ? [] : examplesIn(reader.root, schema.schema)
  return [...single, ...values, ...own]
}

/** Examples beside a reference come before those of its target. */
function examplesIn(root: unknown, schema: Schema): readonly unknown[] {
  const target = followSchema(root, schema)
  const all = [schema, ...(target === schema ? [] : [target])]
  return all.flatMap((each) => (typeof each === 'object' ? (each.examples ?? []) : []))
}

interface Found {
  readonly fields: Fields
  readonly pointer: string
}

function resolve({ root, problems }: Reader, place: string, placed: Placed): Found | undefined {
  const found = follow(root, placed)
  if (found !== undefined && isRecord(found.value)) return { fields: found.value, pointer: found.pointer }
  const isReference = isRecord(placed.value) && '$ref' in placed.value
  problems.push({
    place,
    message: isReference ? 'expected a reference into this document, got one without a target' : 'expected an object',
  })
  return undefined
}

/** How deep `allOf` is followed. A schema may contain itself. */
const MOST_DEPTH = 10

/** The media type of each file: the first that `encoding` names, or that of its schema. */
function filesOf(root: unknown, form: Schema | undefined, encoding: unknown): ReadonlyMap<string, string> {
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

/** The first of `image/png, image/*`. A range such as `image/*` becomes one media type. */
function contentTypeOf(encoding: unknown, name: string): string | undefined {
  const entry = isRecord(encoding) ? encoding[name] : undefined
  const types = isRecord(entry) ? entry['contentType'] : undefined
  return typeof types === 'string'
    ? types.split(',')[0]!.trim().replace('*/*', 'application/octet-stream').replace('/*', '/x-check')
    : undefined
}
