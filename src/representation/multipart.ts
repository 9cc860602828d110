/** `multipart/form-data` (RFC 7578): fields are converted to their declared types, files go into memory or a store. For request bodies only. */
import { requestError } from '../errors/framework-errors.ts'
import { parseFormDataHead } from '../http/content-disposition.ts'
import { collectBytes } from '../http/collect-bytes.ts'
import { decodeText, limit, type BodyReader, type Content } from './content.ts'
import { isBoundary, MultipartError, readMultipart as readParts, type MultipartEvent } from '../http/multipart.ts'
import type { AnySchema, OutputOf } from '../schema/schema.ts'
import { compilePartsReader } from '../schema/text-objects.ts'
import { NO_FILES } from '../schema/text.ts'
import { refuseAsResponse, type ReadableRepresentation } from './representation.ts'

/** What `form()` and `multipart()` return: a representation for request bodies only. */
export type FormRepresentation<S extends AnySchema> = ReadableRepresentation<never, OutputOf<S>>

/** A file in a form, while it arrives. */
export interface UploadedFile {
  /** The name of its field. */
  readonly field: string
  /** The client's name for the file, without any folders. */
  readonly name: string
  /** The media type that the client states. It is not verified. */
  readonly type: string
  /** The content. Bytes that the store does not read are skipped. */
  readonly content: AsyncIterable<Uint8Array>
}

/**
 * Stores the content of a file and returns its value in the form: a `File`, a string, or any object that the model of its field accepts
 * (`z.file()`, `z.string()`, `z.custom()`).
 * `cleanUp` registers a function to call when the response is complete or has failed.
 */
export type FileStore = (file: UploadedFile, cleanUp: (action: () => unknown) => void) => Promise<string | object>

/** How the fields of a form are read. */
export interface FieldOptions {
  /** Whether an empty field is the string `''`. Default: false: it is absent, because browsers also send fields that the user left empty. */
  readonly keepEmpty?: boolean
}

/** Options of `multipart()`. */
export interface MultipartOptions extends FieldOptions {
  /** Default: in memory, as a `File`. */
  readonly store?: FileStore
  /** The maximum number of fields and files. Default: 1,000. */
  readonly maxParts?: number
  /** The maximum size of one field or file, in bytes. Default: the limit of the whole body. */
  readonly partLimitBytes?: number
}

/**
 * A body of `multipart/form-data`.
 * Fields are converted to their declared types. Files become `File` objects, or what `store` returns for them. An object is sent as a part of JSON
 * (OpenAPI 3.1 §4.8.15.1), a list of objects as one such part for each item.
 */
export function multipart<S extends AnySchema>(schema: S, options: MultipartOptions = {}): FormRepresentation<S> {
  return {
    kind: 'multipart',
    mediaType: 'multipart/form-data',
    content: { schema, hasParts: true, dropsEmptyFields: options.keepEmpty !== true },
    reading: { judgesNothing: true, compile: () => compileReader(schema, options) },
    compile: () => refuseAsResponse('multipart()'),
  }
}

type Fields<Value> = ReadonlyMap<string, readonly Value[]>

/** The fields that the model sees. */
export function sentFields<Value>(fields: Fields<Value>, { keepEmpty = false }: FieldOptions): Fields<Value> {
  return keepEmpty ? fields : new Map([...fields].filter(([, values]) => !(values.length === 1 && values[0] === '')))
}

type Events = AsyncGenerator<MultipartEvent, void, void>

/** The values by field name: strings, and what the store returned for files. */
type Values = Map<string, (string | object)[]>

interface Limits {
  readonly maxParts: number
  readonly partLimitBytes: number
  /** The names of fields that contain JSON. A browser sends a `Blob` as a file, also for these. */
  readonly jsonNames: ReadonlySet<string>
}

const NO_PARTS: Values = new Map()

const inMemory: FileStore = async ({ name, type, content }) => new File([(await collectBytes(content))!], name, { type })

function compileReader(schema: AnySchema, options: MultipartOptions): BodyReader {
  const { store = inMemory, maxParts = 1000, partLimitBytes = Infinity } = options
  const { read, jsonNames } = compilePartsReader(schema)

  return async (incoming) => {
    const boundary = incoming.parameters['boundary']
    try {
      if (incoming.isEmpty === true) return await read(NO_PARTS)
      if (boundary === undefined || !isBoundary(boundary)) throw new MultipartError('The media type has no valid boundary')
      const values = await collectParts(incoming, boundary, store, { maxParts, partLimitBytes, jsonNames })
      return await read(sentFields(values, options))
    } catch (error) {
      if (error instanceof MultipartError) return { issues: [{ path: [], code: 'multipart_invalid', message: error.message }] }
      throw error
    }
  }
}

async function collectParts({ chunks, cleanUp }: Content, boundary: string, store: FileStore, limits: Limits): Promise<Values> {
  const events = readParts(chunks, boundary)
  const values: Values = new Map()
  let parts = 0
  for await (const event of events) {
    // Data that a store has not read is skipped here.
    if (event.kind !== 'head') continue
    if (++parts > limits.maxParts) throw requestError(413, `The form has more than ${limits.maxParts} parts`)
    const head = parseFormDataHead(event.fields)
    if (head === undefined) throw new MultipartError('A part has no field name')
    const { name, fileName, mediaType } = head
    // A browser sends a file without a name if the user has chosen none.
    if (fileName === '') {
      if (!values.has(name)) values.set(name, NO_FILES)
      continue
    }
    const data = limit(dataOf(events), limits.partLimitBytes)
    const isField = fileName === undefined || limits.jsonNames.has(name)
    const value = isField ? readField(data) : store({ field: name, name: fileName, type: mediaType, content: data }, cleanUp)
    add(values, name, await value)
    await data.return()
  }
  return values
}

/** The data of the part whose head was just read. */
async function* dataOf(events: Events): AsyncGenerator<Uint8Array, void, void> {
  for (let next = await events.next(); next.done !== true && next.value.kind === 'data'; next = await events.next()) yield next.value.bytes
}

async function readField(data: AsyncIterable<Uint8Array>): Promise<string> {
  const text = decodeText((await collectBytes(data))!)
  if (text === undefined) throw new MultipartError('A field is not valid UTF-8')
  return text
}

function add(values: Values, name: string, value: string | object): void {
  const earlier = values.get(name)
  if (earlier === undefined || earlier === NO_FILES) values.set(name, [value])
  else earlier.push(value)
}
