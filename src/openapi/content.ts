/** Creates the content of a request or a response, by media type, from its representations. */
import type { AnyRepresentation, ContentExample, DocumentedContent, DocumentedEventData } from '../representation/representation.ts'
import type { Direction } from '../schema/presence.ts'
import { present, type JSONSchema } from '../schema/json-schema/keywords.ts'
import type { Node } from '../schema/node.ts'
import { toExample } from '../schema/json-schema/value.ts'
import { readModel } from '../schema/read-model.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { Components } from './components.ts'
import type { Scope } from './settings.ts'

export interface MediaTypeObject {
  readonly schema?: JSONSchema
  /** OpenAPI 3.2: the schema of each item of a sequence. */
  readonly itemSchema?: JSONSchema
  /** The same for OpenAPI 3.1, which has no keyword for it. */
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

/** Returns an empty list for a representation without content. */
export function contentsOf({ mediaType, content }: AnyRepresentation): readonly PossibleContent[] {
  const sent = content.mediaType ?? mediaType
  return sent === undefined ? [] : [{ mediaType: sent, content }]
}

/** Several models of one media type become a union. Returns `undefined` if there is no content. */
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

/** A charset is a parameter of a single message. The document names the media type without it. */
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

/** Example values are converted to the form in which they are sent. */
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
 * The schemas of a stream. In OpenAPI 3.2 it is `itemSchema`. OpenAPI 3.1 has no keyword for an item, and code generators expect `schema` to
 * describe one item, or the data of one event. `x-itemSchema` then describes the whole event.
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
  // Validators report a bare reference in an extension as misplaced.
  return { schema: anyOf([...new Set(data)].map(describe)), 'x-itemSchema': item.$ref === undefined ? item : { allOf: [item] } }
}

/** If some data is JSON, text data is ignored, because generated clients do not read it, such as a final `[DONE]`. */
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

/** Finds the property that has a different constant in each option, such as the `code` of errors. */
function findTag(options: readonly Node[]): string | undefined {
  const [first, ...others] = options.map(toConstants)
  return [...first!.keys()].find((name) => {
    const constants = [first, ...others].map((option) => option!.get(name))
    return !constants.includes(undefined) && new Set(constants).size === options.length
  })
}

/** The required properties whose value is a single constant string. */
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

/** The schema of server-sent events, as OpenAPI 3.2 defines it: each event is an object, and its `data` is a string. */
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

/** An event without a name is a `message`, so a `message` does not require `event`. */
function toEvent(name: string | undefined, data: JSONSchema): JSONSchema {
  const event: JSONSchema = name === undefined ? { type: 'string' } : { type: 'string', const: name }
  const isAlwaysNamed = name !== undefined && name !== 'message'
  return { type: 'object', properties: { event, data, id: ID, retry: RETRY }, required: isAlwaysNamed ? ['event', 'data'] : ['data'] }
}
