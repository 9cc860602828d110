/** Representations → the content that a request or a response may have, by media type. */
import type { AnyRepresentation, DocumentedContent } from '../representation/representation.ts'
import type { Direction } from '../schema/json-schema/direction.ts'
import { present, type JSONSchema } from '../schema/json-schema/keywords.ts'
import type { Node } from '../schema/node.ts'
import { readModel } from '../schema/read-model.ts'
import { toEventSchema } from './event-schema.ts'
import type { Scope } from './settings.ts'

export interface MediaTypeObject {
  readonly schema?: JSONSchema
  /** OpenAPI 3.2: each item of a sequence. */
  readonly itemSchema?: JSONSchema
  /** The same in a 3.1 document, which has no word for it. */
  readonly 'x-itemSchema'?: JSONSchema
  readonly encoding?: Readonly<Record<string, { readonly contentType: string }>>
}

export type ContentObject = Readonly<Record<string, MediaTypeObject>>

/** What may come in one media type. */
export interface PossibleContent {
  readonly mediaType: string
  readonly content: DocumentedContent
}

/** None for a representation without content. */
export function contentsOf({ mediaType, content }: AnyRepresentation): readonly PossibleContent[] {
  const sent = content.mediaType ?? mediaType
  return sent === undefined ? [] : [{ mediaType: sent, content }]
}

/** Where several models come in one media type, it is any of them. `undefined` where there is no content. */
export function toContent(possible: readonly PossibleContent[], direction: Direction, scope: Scope): ContentObject | undefined {
  const types = [...new Set(possible.map(({ mediaType }) => withoutCharset(mediaType)))]
  if (types.length === 0) return undefined
  return Object.fromEntries(
    types.map((type) => {
      const contents = possible.filter(({ mediaType }) => withoutCharset(mediaType) === type).map(({ content }) => content)
      return [type, { ...toSequence(type, contents, scope), ...toWhole(contents, direction, scope) }]
    }),
  )
}

/** A document speaks of characters. How they are encoded is the message's matter. */
function withoutCharset(mediaType: string): string {
  return mediaType.replace(/\s*;\s*charset=[^;]*/i, '')
}

function toWhole(contents: readonly DocumentedContent[], direction: Direction, { components }: Scope): MediaTypeObject {
  const models = new Set(contents.flatMap(({ schema }) => (schema === undefined ? [] : [readModel(schema)])))
  const forms = [...new Set(contents.flatMap(({ form }) => (form === undefined ? [] : [form as JSONSchema])))]
  const schemas = models.size === 0 ? forms : [components.schema(toUnion([...models]), direction), ...forms]
  if (schemas.length === 0) return {}
  return { schema: schemas.length === 1 ? schemas[0]! : { anyOf: schemas } }
}

/** Streams of items: in 3.2 by `itemSchema`; in 3.1 as the text that they are, and what each item is in an extension of the same form. */
function toSequence(type: string, contents: readonly DocumentedContent[], { components, settings }: Scope): MediaTypeObject {
  const items = contents.flatMap(({ itemSchema, events, ...names }) => {
    if (events !== undefined) return [toEventSchema(events, names, components)]
    return itemSchema === undefined ? [] : [components.schema(readModel(itemSchema), 'output')]
  })
  if (items.length === 0) return {}
  const item: JSONSchema = items.length === 1 ? items[0]! : { anyOf: items }
  if (settings.openapi === '3.2') return { itemSchema: item }
  return { schema: { type: 'string', contentMediaType: type }, 'x-itemSchema': item }
}

function toUnion(options: readonly Node[]): Node {
  if (options.length === 1) return options[0]!
  return present({ kind: 'union', options, discriminator: findTag(options) }) as Node
}

/** The property that has another constant in each option: of several errors, their `code`. */
function findTag(options: readonly Node[]): string | undefined {
  const [first, ...others] = options.map(toConstants)
  return [...first!.keys()].find((name) => {
    const constants = [first, ...others].map((option) => option!.get(name))
    return !constants.includes(undefined) && new Set(constants).size === options.length
  })
}

/** Required properties that are one text. */
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
