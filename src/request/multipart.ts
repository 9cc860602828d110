/** Reads multipart/form-data: fields by declared type, files into memory or wherever the declaration stores them. */
import { RequestError } from '../errors/framework-errors.ts'
import { parseFormDataHead } from '../http/form-data.ts'
import { collectBytes } from '../http/join-bytes.ts'
import { isBoundary, MultipartError, readMultipart as readParts, type MultipartEvent } from '../http/multipart.ts'
import type { FileStore, MultipartRepresentation } from '../representation/form.ts'
import type { AnyRepresentation } from '../representation/representation.ts'
import type { AnySchema } from '../schema/schema.ts'
import { compileTextObjectReader } from '../schema/text.ts'
import { decodeText, limit, type BodyReader, type Content } from './content.ts'
import { filledIn } from './form.ts'

type Events = AsyncGenerator<MultipartEvent, void, void>

/** Texts, and what files became. */
type Values = Map<string, (string | object)[]>

interface Limits {
  readonly maxParts: number
  readonly partLimitBytes: number
}

const inMemory: FileStore = async ({ name, type, content }) => {
  const chunks: Uint8Array[] = []
  for await (const chunk of content) chunks.push(chunk)
  return new File(chunks, name, { type })
}

export function readMultipart(representation: AnyRepresentation): BodyReader {
  const { content, options } = representation as MultipartRepresentation<AnySchema>
  const { store = inMemory, maxParts = 1000, partLimitBytes = Infinity } = options
  const read = compileTextObjectReader(content.schema!)

  return async (incoming) => {
    const boundary = incoming.parameters['boundary']
    try {
      if (boundary === undefined || !isBoundary(boundary))
        throw new MultipartError('The media type names no boundary, or none that is allowed')
      const values = await collectParts(incoming, boundary, store, { maxParts, partLimitBytes })
      return await read(filledIn(values))
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
    // What a store has left unread comes by here too.
    if (event.kind !== 'head') continue
    if (++parts > limits.maxParts) throw new RequestError(413, `The form has more than ${limits.maxParts} parts`)
    const head = parseFormDataHead(event.fields)
    if (head === undefined) throw new MultipartError('A part names no form field')
    const { name, fileName, mediaType } = head
    // A browser sends a nameless file where none was chosen.
    if (fileName === '') continue
    const data = limit(dataOf(events), limits.partLimitBytes)
    const value = fileName === undefined ? readField(data) : store({ field: name, name: fileName, type: mediaType, content: data }, cleanUp)
    add(values, name, await value)
    await data.return()
  }
  return values
}

/** The data of the part whose head has just come. */
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
  if (earlier === undefined) values.set(name, [value])
  else earlier.push(value)
}
