/** Representations → the content that a request or a response may have, by media type. */
import type { AnyRepresentation, ContentExample, DocumentedContent, DocumentedEventData } from '../representation/representation.ts'
import type { Direction } from '../schema/json-schema/direction.ts'
import { present, type JSONSchema } from '../schema/json-schema/keywords.ts'
import type { Node } from '../schema/node.ts'
import { toExample } from '../schema/json-schema/value.ts'
import { readModel } from '../schema/read-model.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { Components } from './components.ts'
import type { Scope } from './settings.ts'

export interface MediaTypeObject {
  readonly schema?: JSONSchema
  /** OpenAPI 3.2: each item of a sequence. */
  readonly itemSchema?: JSONSchema
  /** The same in a 3.1 document, which has no keyword for it. */
  readonly 'x-itemSchema'?: JSONSchema
  readonly examples?: Readonly<Record<string, ContentExample>>
  readonly encoding?: Readonly<Record<string, { readonly contentType: string }>>
}

export type ContentObject = Readonly<Record<string, MediaTypeObject>>

/** Content of one media type. */
export interface PossibleContent {
  readonly mediaType: string
  readonly content: DocumentedContent
}

/** None for a representation without content. */
export function contentsOf({ mediaType, content }: AnyRepresentation): readonly PossibleContent[] {
  const sent = content.mediaType ?? mediaType
  return sent === undefined ? [] : [{ mediaType: sent, content }]
}

/** Several models of one media type are a union. `undefined` if there is no content. */
export function toContent(possible: readonly PossibleContent[], direction: Direction, scope: Scope): ContentObject | undefined {
  const types = [...new Set(possible.map(({ mediaType }) => withoutCharset(mediaType)))]
  if (types.length === 0) return undefined
  return Object.fromEntries(
    types.map((type) => {
      const contents = possible.filter(({ mediaType }) => withoutCharset(mediaType) === type).map(({ content }) => content)
      return [type, { ...toSequence(contents, scope), ...toWhole(contents, direction, scope), ...toExamples(contents) }]
    }),
  )
}

/** The charset belongs to the message, not to the document. */
function withoutCharset(mediaType: string): string {
  return mediaType
    .split(';')
    .filter((part) => !/^\s*charset=/i.test(part))
    .join(';')
    .trimEnd()
}

function toWhole(contents: readonly DocumentedContent[], direction: Direction, { components }: Scope): MediaTypeObject {
  const models = new Set(contents.flatMap(({ schema }) => (schema === undefined ? [] : [readModel(schema)])))
  const forms = [...new Set(contents.flatMap(({ form }) => (form === undefined ? [] : [form as JSONSchema])))]
  const schemas = models.size === 0 ? forms : [components.schema(toUnion([...models]), direction), ...forms]
  if (schemas.length === 0) return {}
  return { schema: anyOf(schemas) }
}

/** Values in the form in which they are sent. */
function toExamples(contents: readonly DocumentedContent[]): Pick<MediaTypeObject, 'examples'> {
  const named = contents.flatMap(({ schema, examples = {} }) =>
    Object.entries(examples).map(([name, example]): readonly [string, ContentExample] => {
      if (schema === undefined || !('value' in example)) return [name, example]
      return [name, { ...example, value: toExample(readModel(schema), example.value) }]
    }),
  )
  return named.length === 0 ? {} : { examples: Object.fromEntries(named) }
}

/**
 * Streams: `itemSchema` in 3.2. OpenAPI 3.1 has no keyword for an item, and generators take `schema` for that of one item, or of the
 * data of one event; the whole event is in an extension.
 */
function toSequence(contents: readonly DocumentedContent[], { components, settings }: Scope): MediaTypeObject {
  const describe = (model: AnySchema) => components.schema(readModel(model), 'output')
  const items = contents.flatMap(({ itemSchema, events, ...names }) => {
    if (events !== undefined) return [toEventSchema(events, names, components)]
    return itemSchema === undefined ? [] : [describe(itemSchema)]
  })
  if (items.length === 0) return {}
  const item = anyOf(items)
  if (settings.openapi === '3.2') return { itemSchema: item }
  const data = contents.flatMap(({ itemSchema, events = {} }) => [
    ...Object.values(events).flatMap((possible) => possible.filter(isJSON(possible)).map(({ schema }) => schema)),
    ...(itemSchema === undefined ? [] : [itemSchema]),
  ])
  // Validators take a bare reference in an extension for a misplaced one.
  return { schema: anyOf([...new Set(data)].map(describe)), 'x-itemSchema': item.$ref === undefined ? item : { allOf: [item] } }
}

/** Texts beside JSON, such as a closing `[DONE]`, are not what a generated client reads. */
function isJSON(possible: readonly DocumentedEventData[]): (data: DocumentedEventData) => boolean {
  const isAnyJSON = possible.some(({ isText = false }) => !isText)
  return ({ isText = false }) => !isText || !isAnyJSON
}

function anyOf(schemas: readonly JSONSchema[]): JSONSchema {
  return schemas.length === 1 ? schemas[0]! : { anyOf: schemas }
}

function toUnion(options: readonly Node[]): Node {
  if (options.length === 1) return options[0]!
  return present({ kind: 'union', options, discriminator: findTag(options) }) as Node
}

/** The property that has another constant in each option, such as the `code` of errors. */
function findTag(options: readonly Node[]): string | undefined {
  const [first, ...others] = options.map(toConstants)
  return [...first!.keys()].find((name) => {
    const constants = [first, ...others].map((option) => option!.get(name))
    return !constants.includes(undefined) && new Set(constants).size === options.length
  })
}

/** Required properties whose value is one constant text. */
function toConstants(node: Node): ReadonlyMap<string, string> {
  if (node.kind === 'reference') return toConstants(node.target())
  const properties = node.kind === 'object' ? node.properties : []
  return new Map(
    properties.flatMap(({ name, required, node: property }) => {
      const [constant, ...more] = property.kind === 'literal' ? property.values : []
      return required && typeof constant === 'string' && more.length === 0 ? [[name, constant] as const] : []
    }),
  )
}

const ID: JSONSchema = { type: 'string', description: 'Sent as `Last-Event-ID` when the client reconnects' }
const RETRY: JSONSchema = { type: 'integer', minimum: 0, description: 'Milliseconds to wait before reconnecting' }

/** Server-sent events as OpenAPI 3.2 describes them: an object for each event, its data the text that it is on the wire. */
function toEventSchema(
  events: NonNullable<DocumentedContent['events']>,
  { anyEvent = false }: Pick<DocumentedContent, 'anyEvent'>,
  components: Components,
): JSONSchema {
  const each = Object.entries(events).map(([name, possible]): JSONSchema => {
    const data = possible.map((one) => toData(one, components))
    return toEvent(anyEvent ? undefined : name, data.length === 1 ? data[0]! : { anyOf: data })
  })
  return each.length === 1 ? each[0]! : { oneOf: each }
}

function toData({ schema: model, isText = false }: DocumentedEventData, components: Components): JSONSchema {
  const schema = components.schema(readModel(model), 'output')
  return isText ? schema : { type: 'string', contentMediaType: 'application/json', contentSchema: schema }
}

/** An event that is not named is a `message`. */
function toEvent(name: string | undefined, data: JSONSchema): JSONSchema {
  const event: JSONSchema = name === undefined ? { type: 'string' } : { type: 'string', const: name }
  const isAlwaysNamed = name !== undefined && name !== 'message'
  return { type: 'object', properties: { event, data, id: ID, retry: RETRY }, required: isAlwaysNamed ? ['event', 'data'] : ['data'] }
}
